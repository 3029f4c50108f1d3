// Random values of an Avro schema, each union value under the name of its type.
import { FIRST_TIME, MAX_DEPTH, chance } from "./chance.mjs";

const PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"];

export const avro = {
  type: "AVRO",
  nameOf: (file, text) => nameOf(JSON.parse(text), ""),
  values,
};

/** @param texts of schemas; the last is the one that values are made of */
function values(texts, random) {
  const schemas = texts.map((text) => JSON.parse(text));
  const named = new Map();
  schemas.forEach((schema) => collect(schema, "", named));
  const { given: fixed, upTo, bytes, size } = random;

  const number = (name, logical, n) => {
    if (fixed(name) === undefined && logical.endsWith("timestamp-millis")) return FIRST_TIME + n;
    if (fixed(name) === undefined && logical.endsWith("timestamp-micros")) return (FIRST_TIME + n) * 1000 + 123;
    return random.int64(name);
  };
  const text = (name, logical, n) => {
    if (fixed(name) === undefined && logical === "uuid") {
      return bytes(16).toString("hex").replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
    }
    return random.text(name, n);
  };
  const branch = (name, types, given, depth) => {
    const isNull = (type) => type === "null";
    if (given !== undefined) return types.find((type) => isNull(type) === random.isLeftOut(name));
    if (depth > MAX_DEPTH && types.some(isNull)) return "null";
    return types[upTo(types.length)];
  };
  const value = (name, schema, space, n, depth) => {
    const given = fixed(name);
    if (Array.isArray(schema)) {
      const type = branch(name, schema, given, depth);
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
        return random.bool(name);
      case "int":
        return random.int32(name);
      case "long":
        return number(name, logical, n);
      case "float":
        return random.float32();
      case "double":
        return random.float64();
      case "string":
        return text(name, logical, n);
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
const nameOf = (type, space) => {
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
