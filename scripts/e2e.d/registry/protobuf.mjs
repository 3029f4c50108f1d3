// The rules of protobuf.yaml in JavaScript: the payloads in version 4 that an event's payload becomes.
export const results = ({ buyer, amount, ...payload }) =>
  ["placed", "billed"].map((kind) => ({
    ...payload,
    kind,
    ...(buyer === undefined ? {} : { customer: buyer }),
    // Protobuf leaves a zero out.
    mills: (amount ?? 0) * 1000,
  }));

export const stamped = (batch) => ({ correlationId: batch, processVersion: 2 });

/** The numbers of kind, buyer, amount, customer and mills. */
export const touched = [2, 3, 4, 11, 12];
