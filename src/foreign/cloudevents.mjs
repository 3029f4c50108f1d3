// Writes the npm part of cloudevents.jsonl: node cloudevents.mjs FOLDER-WITH-node_modules [OUTPUT-FOLDER]
// The lines that the Java program wrote stay.
import { createRequire } from "node:module";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const modules = process.argv[2];
const here = dirname(fileURLToPath(import.meta.url));
const file = join(process.argv[3] ?? join(here, "../test/resources/foreign"), "cloudevents.jsonl");
const require = createRequire(join(resolve(modules), "x.js"));
const { CloudEvent, Kafka } = require("cloudevents");
const { version } = JSON.parse(readFileSync(join(modules, "node_modules/cloudevents/package.json"), "utf8"));
const writer = `npm cloudevents ${version}`;
const start = Date.parse("2024-03-01T10:15:30.123Z");
const json = (n) => `{"userId":"user-${n}","actionType":"Purchased","itemSku":"SKU-BASIC-${n}","amount":9.50}`;

const event = (n, more) =>
  new CloudEvent({
    id: `evt-js-${n}`,
    source: "/shop/orders",
    type: "com.example.shop.Purchased",
    time: new Date(start + n).toISOString(),
    datacontenttype: "application/json",
    partitionkey: `user-${n}`,
    data: JSON.parse(json(n)),
    ...more,
  });

const base64 = (value) => (value === undefined || value === null ? null : Buffer.from(value).toString("base64"));

// The library leaves undefined attributes in the headers, and numbers as numbers. kafkajs 2.2.4 throws on both, so an
// application leaves the former out and writes the latter as text.
const line = (mode, message) =>
  JSON.stringify({
    about: `${writer}, ${mode}`,
    timestamp: Number(message.timestamp),
    key: base64(message.key),
    value: base64(message.value),
    headers: Object.entries(message.headers)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, base64(String(value))]),
  });

const more = { subject: "user", dataschema: "https://shop.example/schemas/purchased/2", processversion: 2 };
const lines = [
  line("structured, without extensions", Kafka.structured(event(1))),
  line("structured, processversion as a number, subject, dataschema", Kafka.structured(event(2, more))),
  line(
    "structured, binary data",
    Kafka.structured(event(3, { datacontenttype: "application/octet-stream", data: Buffer.from(json(3)) })),
  ),
  line("structured, data given as a text of JSON", Kafka.structured(event(4, { data: json(4) }))),
  line("binary, without extensions, data given as a text of JSON", Kafka.binary(event(5, { data: json(5) }))),
  line(
    "binary, processversion as a number, subject, dataschema, data given as a text of JSON",
    Kafka.binary(event(6, { ...more, data: json(6) })),
  ),
];
const others = existsSync(file)
  ? readFileSync(file, "utf8")
      .split("\n")
      .filter((each) => each && !JSON.parse(each).about.startsWith("npm "))
  : [];
writeFileSync(file, [...others, ...lines].join("\n") + "\n");
console.log(`${lines.length} records in cloudevents.jsonl`);
