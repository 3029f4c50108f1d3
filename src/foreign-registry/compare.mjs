// Compares the results of a batch with what this client itself would have written with their schema.
import path from "node:path";
import { pathToFileURL } from "node:url";
import registryPackage from "@kafkajs/confluent-schema-registry";
import { fields, inside, replaced, text } from "./fields.mjs";
import { consume } from "./topics.mjs";

const { SchemaRegistry, SchemaType } = registryPackage;
const FRAME = 5;
// The fields of an event in Protobuf that each result has its own of.
const STAMPED = [1, 2, 4];
const PAYLOAD = 5;
const hex = (bytes) => Buffer.from(bytes).toString("hex");

/**
 * Decodes each event of a topic, applies the module's own form of the rules to it, and encodes what comes out with a version of a
 * subject, which has to be the schema of each result. A result in Avro has to have the same bytes. A result in Protobuf has to
 * have the bytes of its event, and those that were encoded in the fields that the rules touch; its fields may come in another
 * order. An event of the topic is known by its payload's orderId, and a result also by its kind.
 */
export async function compare([bootstrap, url, topic, resultTopic, module, batch, subject, version]) {
  const { results, stamped, touched } = await import(pathToFileURL(path.resolve(module)));
  const registry = new SchemaRegistry({ host: url }, { [SchemaType.AVRO]: { wrapUnions: true } });
  const target = await registry.getRegistryId(subject, Number(version));
  const sources = new Map();
  const schemas = new Set();
  await consume(bootstrap, topic, async ({ messages }) => {
    for (const { value } of messages) {
      const event = await registry.decode(value);
      schemas.add(value.readInt32BE(1));
      sources.set(event.payload.orderId, { value, left: results(event.payload) });
    }
  });
  const count = { events: sources.size, results: 0 };
  await consume(bootstrap, resultTopic, async ({ partition, messages }) => {
    for (const { offset, value } of messages) {
      const place = `${resultTopic}-${partition}@${offset}`;
      const result = await registry.decode(value);
      const source = sources.get(result.payload.orderId);
      const at = source?.left.findIndex(({ kind }) => kind === result.payload.kind) ?? -1;
      if (at < 0) throw new Error(`${place} is not expected: ${JSON.stringify(result)}`);
      const [payload] = source.left.splice(at, 1);
      const event = {
        ...(await registry.decode(source.value)),
        payload,
        eventId: result.eventId,
        ...stamped(batch),
      };
      const id = value.readInt32BE(1);
      if (id !== target) throw new Error(`${place} has the schema ${id} and not ${target}`);
      same(place, source.value, await registry.encode(target, event), value, touched);
      count.results++;
    }
  });
  const missing = [...sources.values()].filter(({ left }) => left.length > 0).length;
  if (missing > 0) throw new Error(`${missing} of ${count.events} events lack a result`);
  const from = `${count.events} events in ${schemas.size} schemas`;
  console.log(`${count.results} results of ${from} have version ${version} of ${subject} and are as expected, byte by byte`);
}

/** @param touched the numbers of the payload's fields in Protobuf; undefined for Avro */
function same(place, source, encoded, value, touched) {
  const [event, expected, found] = [source, encoded, value].map((bytes) => bytes.subarray(FRAME));
  if (!touched) {
    if (!expected.equals(found)) throw new Error(`${place} has other bytes:\n  ${hex(expected)}\n  ${hex(found)}`);
    return;
  }
  const [was, should, is] = [event, expected, found].map(fields);
  const outer = [text(replaced(was, should, STAMPED).filter(({ number }) => number !== PAYLOAD))];
  outer.push(text(is.filter(({ number }) => number !== PAYLOAD)));
  const inner = [text(replaced(inside(was, PAYLOAD), inside(should, PAYLOAD), touched)), text(inside(is, PAYLOAD))];
  for (const [one, other] of [outer, inner]) {
    if (one !== other) throw new Error(`${place} has other fields:\n  ${one}\n  ${other}`);
  }
}
