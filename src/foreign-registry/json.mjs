// Random objects of a JSON Schema: of `type`, `enum`, `properties`, `items`, `additionalProperties`, `oneOf` and `$ref` to another
// schema.
import path from "node:path";

export const json = {
  type: "JSON",
  nameOf: (file, text) => JSON.parse(text).$id ?? path.basename(file),
  values,
};

/** @param texts of schemas; the last is the one that values are made of */
function values(texts, random) {
  const schemas = texts.map((text) => JSON.parse(text));
  const value = (name, schema, n, depth) => {
    if (schema.$ref) return value(name, schemas.find((each) => each.$id === schema.$ref), n, depth);
    const choice = schema.oneOf ?? schema.enum;
    if (choice) {
      const chosen = choice[random.upTo(choice.length)];
      return schema.oneOf ? value(name, chosen, n, depth) : chosen;
    }
    switch (schema.type) {
      case "boolean":
        return random.bool(name);
      case "integer":
        return random.int64(name);
      case "number":
        return random.int32("") / 100;
      case "string":
        return random.text(name, n);
      case "array":
        return Array.from({ length: random.size(depth) }, () => value(name, schema.items, n, depth + 1));
      case "object":
        return object(name, schema, n, depth);
      default:
        return null;
    }
  };
  const object = (name, schema, n, depth) => {
    const members = Object.entries(schema.properties ?? {}).map(([key, each]) => [key, value(key, each, n, depth + 1)]);
    const more = schema.additionalProperties;
    if (typeof more === "object") {
      for (let i = random.size(depth); i > 0; i--) members.push([`key-${i}`, value(name, more, n, depth + 1)]);
    }
    return Object.fromEntries(members);
  };
  return (n) => value("", schemas.at(-1), n, 0);
}
