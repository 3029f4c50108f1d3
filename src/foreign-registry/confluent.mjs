// Writes and reads records as Confluent's serializers frame them, with @kafkajs/confluent-schema-registry; see the README.
import { readFileSync } from "node:fs";
import kafkajs from "kafkajs";
import registryPackage from "@kafkajs/confluent-schema-registry";
import { avro } from "./avro.mjs";
import { compare } from "./compare.mjs";
import { FIRST_TIME, chance } from "./chance.mjs";
import { json } from "./json.mjs";
import { protobuf } from "./protobuf.mjs";
import { consume, kafka } from "./topics.mjs";

const { SchemaRegistry, SchemaType, COMPATIBILITY } = registryPackage;
const BATCH = 1000;
const FORMATS = { avsc: avro, proto: protobuf, json };
const base64 = (bytes) => Buffer.from(bytes).toString("base64");

async function write([bootstrap, url, topic, subject, count, seed, ...rest]) {
  const files = rest.filter((arg) => !arg.includes("="));
  const fixed = Object.fromEntries(rest.filter((arg) => arg.includes("=")).map((arg) => arg.split(/=(.*)/s).slice(0, 2)));
  const registry = new SchemaRegistry({ host: url }, { [SchemaType.AVRO]: { wrapUnions: true } });
  const format = FORMATS[files.at(-1).split(".").at(-1)];
  const { id, texts } = await register(registry, url, subject, files, format);
  const valueOf = format.values(texts, chance(Number(seed), fixed));
  const message = async (n) => {
    const event = valueOf(n);
    const user = typeof event.userId === "object" ? Object.values(event.userId ?? {})[0] : event.userId;
    return {
      key: String(user ?? `key-${n % 1000}`),
      value: await registry.encode(id, event),
      timestamp: String(FIRST_TIME + n),
    };
  };
  const batch = async (from) =>
    Promise.all(Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => message(from + i)));
  if (bootstrap === "-") {
    for (const { key, value, timestamp } of await batch(0)) {
      const about = "@kafkajs/confluent-schema-registry 3.9.0";
      console.log(JSON.stringify({ about, timestamp: Number(timestamp), key: base64(key), value: base64(value), headers: [] }));
    }
    return;
  }
  const producer = kafka(bootstrap).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  for (let from = 0; from < Number(count); from += BATCH) {
    await producer.send({ topic, acks: -1, messages: await batch(from) });
  }
  await producer.disconnect();
  console.log(`${count} records in ${topic}`);
}

/** Registers each schema with references to those before it that its text names, and returns the id of the last. */
async function register(registry, url, subject, files, format) {
  const texts = [];
  const known = [];
  let id = 0;
  for (const [i, file] of files.entries()) {
    const schema = readFileSync(file, "utf8");
    const name = format.nameOf(file, schema);
    const own = i === files.length - 1 ? subject : name;
    const references = known.filter((reference) => schema.includes(`"${reference.name}"`));
    ({ id } = await registry.register(
      { type: SchemaType[format.type], schema, references },
      { subject: own, compatibility: COMPATIBILITY.NONE },
    ));
    known.push({ name, subject: own, version: await version(own, { schema, schemaType: format.type, references }) });
    texts.push(schema);
  }
  return { id, texts };

  async function version(own, body) {
    const answer = await fetch(`${url}/subjects/${encodeURIComponent(own)}`, {
      method: "POST",
      headers: { "Content-Type": "application/vnd.schemaregistry.v1+json" },
      body: JSON.stringify(body),
    });
    return (await answer.json()).version;
  }
}

/** Prints each record as a JSON line, in the order of a partition, up to what the topic holds now. */
async function read([bootstrap, url, topic]) {
  const registry = new SchemaRegistry({ host: url });
  await consume(bootstrap, topic, async (batch) => {
    const lines = [];
    for (const { offset, key, value, headers } of batch.messages) {
      const line = { partition: batch.partition, offset: Number(offset), key: key?.toString() ?? null };
      line.value = value === null ? null : await registry.decode(value);
      line.headers = Object.fromEntries(Object.entries(headers ?? {}).map(([name, header]) => [name, String(header)]));
      lines.push(JSON.stringify(line, bytesAsText));
    }
    if (lines.length > 0) process.stdout.write(lines.join("\n") + "\n");
  });
}

/** As Avro's JSON has them: one character a byte. */
function bytesAsText(name, value) {
  const bytes = this[name];
  return Buffer.isBuffer(bytes) ? bytes.toString("latin1") : value;
}

const [, , command, ...args] = process.argv;
if (command === "write" && args.length >= 7) await write(args);
else if (command === "read" && args.length === 3) await read(args);
else if (command === "compare" && args.length === 8) await compare(args);
else {
  console.error(`write BOOTSTRAP|- REGISTRY TOPIC SUBJECT COUNT SEED SCHEMA.avsc|.proto|.json... [FIELD=VALUE...]
read BOOTSTRAP REGISTRY TOPIC
compare BOOTSTRAP REGISTRY TOPIC RESULTS RULES.mjs BATCH SUBJECT VERSION`);
  process.exitCode = 2;
}
