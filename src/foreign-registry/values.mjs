// Random values of an Avro schema in JavaScript, each union value under the name of its type. The same seed gives the same values.
// A text that is called a time is an instant, an `eventId` is unique, and the fields in `fixed` have the value given there.
export const FIRST_TIME = Date.parse("2025-01-01T00:00:00Z");
const MAX_DEPTH = 5;
const PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];

/** @param schemas parsed JSON; the last is the one that values are made of */
export function values(schemas, seed, fixed) {
  const named = new Map();
  schemas.forEach((schema) => collect(schema, "", named));
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
  const bytes = (count) => Buffer.from(Array.from({ length: count }, () => upTo(256)));
  const size = (depth) => (depth > MAX_DEPTH ? 0 : upTo(4));

  const number = (logical, n) => {
    if (logical.endsWith("timestamp-millis")) return FIRST_TIME + n;
    if (logical.endsWith("timestamp-micros")) return (FIRST_TIME + n) * 1000 + 123;
    return upTo(2 ** 40) - 1_000_000;
  };
  const text = (name, logical, n) => {
    if (logical === "uuid") return bytes(16).toString("hex").replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
    if (name === "eventId") return `${seed}-${n}`;
    if (/time(stamp)?$/i.test(name)) return new Date(FIRST_TIME + n).toISOString();
    return `${name}-${upTo(1000)}${upTo(10) === 0 ? " ä€😀" : ""}`;
  };
  const branch = (types, given, depth) => {
    const isNull = (type) => type === "null";
    if (given !== undefined) return types.find((type) => !isNull(type));
    if (depth > MAX_DEPTH && types.some(isNull)) return "null";
    return types[upTo(types.length)];
  };
  const value = (name, schema, space, n, depth) => {
    const given = fixed[name];
    if (Array.isArray(schema)) {
      const type = branch(schema, given, depth);
      const one = value(name, type, space, n, depth);
      return type === "null" ? null : { [nameOf(type, space)]: one };
    }
    if (typeof schema === "string" && !PRIMITIVES.includes(schema)) {
      const found = named.get(full(schema, space));
      return value(name, found.schema, found.space, n, depth);
    }
    const type = schema.type ?? schema;
    const logical = schema.logicalType ?? "";
    switch (type) {
      case "null":
        return null;
      case "boolean":
        return given !== undefined ? given === "true" : random() < 0.5;
      case "int":
        return given !== undefined ? Number(given) : upTo(101_000) - 1000;
      case "long":
        return given !== undefined ? Number(given) : number(logical, n);
      case "float":
        return upTo(10_000) / 4;
      case "double":
        return upTo(1_000_000) / 8;
      case "string":
        return given ?? text(name, logical, n);
      case "bytes":
        return bytes(1 + upTo(8));
      case "fixed":
        return bytes(schema.size);
      case "enum":
        return schema.symbols[upTo(schema.symbols.length)];
      case "array":
        return Array.from({ length: size(depth) }, () => value(name, schema.items, space, n, depth + 1));
      case "map":
        return Object.fromEntries(
          Array.from({ length: size(depth) }, (_, i) => [`key-${i}`, value(name, schema.values, space, n, depth + 1)]),
        );
      case "record":
        return Object.fromEntries(
          schema.fields.map((field) => [field.name, value(field.name, field.type, spaceOf(schema, space), n, depth + 1)]),
        );
      default:
        return value(name, type, space, n, depth);
    }
  };
  const main = schemas.at(-1);
  return (n) => value("", main, "", n, 0);
}

const full = (name, space) => (name.includes(".") || !space ? name : `${space}.${name}`);
const spaceOf = (schema, space) =>
  schema.name.includes(".") ? schema.name.replace(/\.[^.]*$/, "") : (schema.namespace ?? space);
export const nameOf = (type, space) => {
  if (typeof type === "string") return PRIMITIVES.includes(type) ? type : full(type, space);
  return type.name ? full(type.name, type.namespace ?? space) : type.type;
};

function collect(schema, space, named) {
  if (Array.isArray(schema)) return schema.forEach((type) => collect(type, space, named));
  if (schema === null || typeof schema !== "object") return undefined;
  if (schema.name && schema.type !== undefined && ["record", "enum", "fixed"].includes(schema.type)) {
    const inner = spaceOf(schema, space);
    named.set(nameOf(schema, space), { schema, space });
    (schema.fields ?? []).forEach((field) => collect(field.type, inner, named));
  } else {
    [schema.type, schema.items, schema.values].forEach((part) => collect(part, space, named));
  }
  return undefined;
}
