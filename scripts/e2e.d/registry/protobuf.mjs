// The rules of protobuf.yaml in JavaScript: the payloads that an event's payload becomes.
export const results = ({ buyer, ...payload }) =>
  ["placed", "billed"].map((kind) => ({
    ...payload,
    kind,
    ...(buyer === undefined ? {} : { customer: buyer }),
    // Protobuf leaves a zero out.
    mills: (payload.amount ?? 0) * 1000,
  }));

export const batchId = (id) => id;

/** The numbers of kind, buyer, customer and mills. */
export const touched = [2, 3, 20, 21];
