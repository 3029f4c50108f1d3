// The fields of Protobuf messages with their bytes.

/** Returns the fields of a message with message indexes before it, in the order of their numbers. */
export function fields(bytes) {
  // KafkaJS writes no message indexes; those of a first type are one byte 0.
  return parse(bytes.subarray(bytes[0] === 0 ? 1 : 0));
}

/** Returns fields of one message, and those of the other that have one of these numbers instead of its own. */
export function replaced(one, other, numbers) {
  const isReplaced = ({ number }) => numbers.includes(number);
  return sorted([...one.filter((field) => !isReplaced(field)), ...other.filter(isReplaced)]);
}

/** Returns the fields of the message in a field. */
export const inside = (message, number) => parse(message.find((field) => field.number === number).content);

export const text = (message) => message.map(({ bytes }) => bytes.toString("hex")).join(" ");

const sorted = (message) => message.sort((one, other) => one.number - other.number);

function parse(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("a varint that is cut off");
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const found = [];
  while (at < bytes.length) {
    const start = at;
    const tag = varint();
    const type = tag % 8;
    if (![0, 1, 2, 5].includes(type)) throw new Error(`wire type ${type}`);
    const length = type === 2 ? varint() : type === 1 ? 8 : type === 5 ? 4 : 0;
    if (type === 0) varint();
    if (at + length > bytes.length) throw new Error("a field that is cut off");
    found.push({ number: Math.floor(tag / 8), bytes: bytes.subarray(start, at + length), content: bytes.subarray(at, at + length) });
    at += length;
  }
  return sorted(found);
}
