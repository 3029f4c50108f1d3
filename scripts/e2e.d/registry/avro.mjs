// The rules of avro.yaml in JavaScript: the payloads in version 4 that an event's payload becomes. A value of a union stands under
// its type.
export const results = ({ buyer, amount, ...payload }) =>
  ["placed", "billed"].map((kind) => ({
    // What a schema of the event does not have gets its default.
    channel: "WEB",
    gift: { boolean: true },
    ...payload,
    kind,
    customer: buyer,
    price: unscaled(10n * BigInt.asIntN(8 * amount.length, BigInt(`0x${amount.toString("hex")}`))),
    currency: "EUR",
  }));

export const stamped = (batch) => ({ correlationId: { string: batch } });

/** The fewest bytes of a number in two's complement. */
function unscaled(number) {
  let bytes = 1;
  while (BigInt.asIntN(8 * bytes, number) !== number) bytes++;
  return Buffer.from(BigInt.asUintN(8 * bytes, number).toString(16).padStart(2 * bytes, "0"), "hex");
}
