// Writes Protobuf messages with Confluent's own client for JavaScript, @confluentinc/schemaregistry; see the README.
import { readFileSync } from "node:fs";
import { createFileRegistry, fromBinary, fromJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import confluent from "@confluentinc/schemaregistry";
import kafkajs from "kafkajs";
import protobufjs from "protobufjs";
import descriptor from "protobufjs/ext/descriptor/index.js";
import { FIRST_TIME, chance } from "./chance.mjs";
import { protobuf } from "./protobuf.mjs";
import { kafka } from "./topics.mjs";

const { SchemaRegistryClient, MockClient, ProtobufSerializer, SerdeType, HeaderSchemaIdSerializer } = confluent;
const BATCH = 1000;
const base64 = (bytes) => Buffer.from(bytes).toString("base64");

const args = process.argv.slice(2);
if (args.length < 8) {
  console.error("BOOTSTRAP|- REGISTRY TOPIC id|header SUBJECT COUNT SEED SCHEMA.proto[#TYPE] [FIELD=VALUE...]");
  process.exit(2);
}
const [bootstrap, url, topic, mode, subject, count, seed, schema, ...rest] = args;
const fixed = Object.fromEntries(rest.map((arg) => arg.split(/=(.*)/s).slice(0, 2)));
const [file, typeName] = schema.split("#");
const text = readFileSync(file, "utf8");
const header = mode === "header";
// No registry here gives GUIDs, which Confluent's has since version 8; the client's own stand-in for one does.
const client = header ? new MockClient({ baseURLs: ["mock://"] }) : new SchemaRegistryClient({ baseURLs: [url] });
await client.register(subject, { schemaType: "PROTOBUF", schema: text });
const serializer = new ProtobufSerializer(client, SerdeType.VALUE, {
  useLatestVersion: true,
  subjectNameStrategy: () => subject,
  ...(header ? { schemaIdSerializer: HeaderSchemaIdSerializer } : {}),
});
const type = messageType();
serializer.registry.add(type);
const valueOf = protobuf.values([text], chance(Number(seed), fixed), typeName);

/** Builds the descriptor of the file, which may not refer to others, and returns that of the type. */
function messageType() {
  const root = protobufjs.parse(text, new protobufjs.Root(), { keepCase: true }).root.resolveAll();
  const set = root.toDescriptor("proto3");
  for (const { package: space, messageType: messages } of set.file) qualify(messages, root.lookup(space));
  const files = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptor.FileDescriptorSet.encode(set).finish()));
  const types = [...files].filter((each) => each.kind === "message");
  return types.find((each) => each.typeName.endsWith(`.${typeName}`)) ?? types[0];
}

/** Makes the names of types absolute, which protobufjs shortens. Entries of maps exist only in the descriptor. */
function qualify(messages, space) {
  for (const { name, field, nestedType } of messages) {
    const scope = space.get(name);
    for (const each of field.filter(({ typeName }) => typeName && !typeName.startsWith("."))) {
      each.typeName = scope?.lookup(each.typeName)?.fullName ?? `${scope.fullName}.${each.typeName}`;
    }
    if (scope) qualify(nestedType, scope);
  }
}

async function message(n) {
  const event = valueOf(n);
  const headers = {};
  // Bytes are base64 in Protobuf's JSON.
  const json = JSON.parse(JSON.stringify(event), (_, value) => (value?.type === "Buffer" ? base64(value.data) : value));
  const value = await serializer.serialize(topic, fromJson(type, json), headers);
  return { key: String(event.userId ?? `key-${n % 1000}`), value, headers, timestamp: String(FIRST_TIME + n) };
}

const batch = async (from) =>
  Promise.all(Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => message(from + i)));
if (bootstrap === "-") {
  for (const { key, value, headers, timestamp } of await batch(0)) {
    const about = `@confluentinc/schemaregistry 1.10.1, ${mode}`;
    const pairs = Object.entries(headers).map(([name, bytes]) => [name, base64(bytes)]);
    console.log(JSON.stringify({ about, timestamp: Number(timestamp), key: base64(key), value: base64(value), headers: pairs }));
  }
} else {
  const producer = kafka(bootstrap).producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await producer.connect();
  for (let from = 0; from < Number(count); from += BATCH) {
    await producer.send({ topic, acks: -1, messages: await batch(from) });
  }
  await producer.disconnect();
  console.log(`${count} records in ${topic}`);
}
