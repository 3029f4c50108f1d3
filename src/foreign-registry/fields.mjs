// The fields of a Protobuf message with their bytes, in the order of their numbers; those of the payload (field 5) in that order too.
const PAYLOAD = 5;

/** Returns a text that is the same for messages whose fields only differ in their order. */
export function fields(bytes) {
  // KafkaJS writes no message indexes; those of a first type are one byte 0.
  return sorted(bytes.subarray(bytes[0] === 0 ? 1 : 0), true);
}

function sorted(bytes, outer) {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("cut off");
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const found = [];
  while (at < bytes.length) {
    const start = at;
    const tag = varint();
    const [number, type] = [Math.floor(tag / 8), tag % 8];
    const length = type === 2 ? varint() : type === 1 ? 8 : type === 5 ? 4 : 0;
    if (type === 0) varint();
    if (type > 5 || type === 3 || type === 4 || at + length > bytes.length) throw new Error("no message");
    const content = bytes.subarray(at, at + length);
    at += length;
    const text = outer && number === PAYLOAD ? sorted(content, false) : bytes.toString("hex", start, at);
    found.push({ number, text: `${number}:${text}` });
  }
  return found.sort((one, other) => one.number - other.number).map(({ text }) => text).join(" ");
}
