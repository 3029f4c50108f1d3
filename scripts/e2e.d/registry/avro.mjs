// The rules of avro.yaml in JavaScript: the payloads that an event's payload becomes. A value of a union stands under its type.
export const results = (payload) =>
  ["placed", "billed"].map((kind) => ({
    ...payload,
    kind,
    buyer: null,
    customer: payload.buyer,
    price: { bytes: unscaled(10n * BigInt.asIntN(8 * payload.amount.length, BigInt(`0x${payload.amount.toString("hex")}`))) },
  }));

export const batchId = (id) => ({ string: id });

/** The fewest bytes of a number in two's complement. */
function unscaled(number) {
  let bytes = 1;
  while (BigInt.asIntN(8 * bytes, number) !== number) bytes++;
  return Buffer.from(BigInt.asUintN(8 * bytes, number).toString(16).padStart(2 * bytes, "0"), "hex");
}
