// Random values in JavaScript. The same seed gives the same values. A text that is called a time is an instant, an `eventId` or
// `orderId` is unique, and the fields in `fixed` have the value given there.
export const FIRST_TIME = Date.parse("2025-01-01T00:00:00Z");
export const MAX_DEPTH = 5;

export function chance(seed, fixed) {
  let state = seed >>> 0;
  // mulberry32
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const upTo = (bound) => Math.floor(random() * bound);
  const given = (name) => fixed[name];
  return {
    given,
    isLeftOut: (name) => given(name) === "null",
    upTo,
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => upTo(256))),
    size: (depth) => (depth > MAX_DEPTH ? 0 : upTo(4)),
    bool: (name) => (given(name) !== undefined ? given(name) === "true" : random() < 0.5),
    int32: (name) => Number(given(name) ?? upTo(101_000) - 1000),
    int64: (name) => Number(given(name) ?? upTo(2 ** 40) - 1_000_000),
    float32: () => upTo(10_000) / 4,
    float64: () => upTo(1_000_000) / 8,
    text: (name, n) => {
      if (given(name) !== undefined) return given(name);
      if (name === "eventId" || name === "orderId") return `${seed}-${n}`;
      if (/time(stamp)?$/i.test(name)) return new Date(FIRST_TIME + n).toISOString();
      return `${name}-${upTo(1000)}${upTo(10) === 0 ? " ä€😀" : ""}`;
    },
  };
}
