// Random messages of the first type of a .proto file.
import path from "node:path";
import protobufjs from "protobufjs";
import { MAX_DEPTH } from "./chance.mjs";

export const protobuf = {
  type: "PROTOBUF",
  nameOf: (file) => path.basename(file),
  values,
};

/** @param texts of files; the last is the one whose first type the messages have */
function values(texts, random) {
  const root = new protobufjs.Root();
  const parsed = texts.map((text) => protobufjs.parse(text, root, { keepCase: true })).at(-1);
  root.resolveAll();
  const first = (space) => Object.values(space.nested).find((each) => each instanceof protobufjs.Type);
  const type = first(parsed.package ? root.lookup(parsed.package) : root);
  const main = texts.at(-1).match(/^message (\w+)/m)[1];
  const message = (of, n, depth) => {
    const value = {};
    const chosen = new Set(of.oneofsArray.map((one) => one.oneof[random.upTo(one.oneof.length)]));
    for (const field of of.fieldsArray) {
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
  return (n) => message(type.parent.lookupType(main), n, 0);
}
