// Random messages of a .proto file.
import path from "node:path";
import protobufjs from "protobufjs";
import { MAX_DEPTH } from "./chance.mjs";

export const protobuf = {
  type: "PROTOBUF",
  nameOf: (file) => path.basename(file),
  values,
};

/**
 * @param texts of files; the last is the one of the messages
 * @param name of their type; by default the first of the file
 */
function values(texts, random, name = texts.at(-1).match(/^message (\w+)/m)[1]) {
  const root = new protobufjs.Root();
  const parsed = texts.map((text) => protobufjs.parse(text, root, { keepCase: true })).at(-1);
  root.resolveAll();
  const type = root.lookupType(parsed.package ? `${parsed.package}.${name}` : name);
  const message = (of, n, depth) => {
    const value = {};
    const chosen = new Set(of.oneofsArray.map((one) => one.oneof[random.upTo(one.oneof.length)]));
    for (const field of of.fieldsArray) {
      if (random.isLeftOut(field.name)) continue;
      const proto3 = field.options?.proto3_optional === true;
      if (proto3 && random.given(field.name) === undefined && random.upTo(2) === 0) continue;
      if (!proto3 && field.partOf && !chosen.has(field.name)) continue;
      if (field.map) {
        const keys = Array.from({ length: random.size(depth) }, (_, i) => `key-${i}`);
        value[field.name] = Object.fromEntries(keys.map((key) => [key, one(field, n, depth)]));
      } else if (field.repeated) {
        value[field.name] = Array.from({ length: random.size(depth) }, () => one(field, n, depth));
      } else if (depth <= MAX_DEPTH || !(field.resolvedType instanceof protobufjs.Type)) {
        value[field.name] = one(field, n, depth);
      }
    }
    return value;
  };
  const one = (field, n, depth) => {
    if (field.resolvedType instanceof protobufjs.Enum) {
      const numbers = Object.values(field.resolvedType.values);
      return numbers[random.upTo(numbers.length)];
    }
    if (field.resolvedType) return message(field.resolvedType, n, depth + 1);
    if (field.type === "bool") return random.bool(field.name);
    if (field.type === "string") return random.text(field.name, n);
    if (field.type === "bytes") return random.bytes(1 + random.upTo(8));
    if (field.type === "float") return random.float32();
    if (field.type === "double") return random.float64();
    return field.type.endsWith("32") ? random.int32(field.name) : random.int64(field.name);
  };
  return (n) => message(type, n, 0);
}
