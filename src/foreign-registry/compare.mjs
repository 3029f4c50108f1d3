// Compares the results of a batch with what this client itself would have written.
import path from "node:path";
import { pathToFileURL } from "node:url";
import registryPackage from "@kafkajs/confluent-schema-registry";
import { fields } from "./fields.mjs";
import { consume } from "./topics.mjs";

const { SchemaRegistry, SchemaType } = registryPackage;
const FRAME = 5;
const hex = (bytes) => Buffer.from(bytes).toString("hex");

/**
 * Decodes each event of a topic, applies the module's own form of the rules to it, encodes what comes out with the event's schema,
 * and compares that byte by byte with the results of the event. Fields of Protobuf may come in another order. An event of the
 * topic is known by its payload's orderId, and a result also by its kind.
 */
export async function compare([bootstrap, url, topic, resultTopic, module, batch]) {
  const { results, batchId, format } = await import(pathToFileURL(path.resolve(module)));
  const registry = new SchemaRegistry({ host: url }, { [SchemaType.AVRO]: { wrapUnions: true } });
  const sources = new Map();
  await consume(bootstrap, topic, async ({ messages }) => {
    for (const { value } of messages) {
      const event = await registry.decode(value);
      sources.set(event.payload.orderId, { value, left: results(event.payload) });
    }
  });
  const schemas = new Set();
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
        correlationId: batchId(batch),
        processVersion: 2,
      };
      const id = value.readInt32BE(1);
      if (id !== source.value.readInt32BE(1)) throw new Error(`${place} has the schema ${id} and not that of its source`);
      schemas.add(id);
      const expected = (await registry.encode(id, event)).subarray(FRAME);
      const found = value.subarray(FRAME);
      if (!expected.equals(found) && !(format === "protobuf" && fields(expected) === fields(found))) {
        throw new Error(`${place} has other bytes:\n  expected ${hex(expected)}\n  found    ${hex(found)}`);
      }
      count.results++;
    }
  });
  const missing = [...sources.values()].filter(({ left }) => left.length > 0).length;
  if (missing > 0) throw new Error(`${missing} of ${count.events} events lack a result`);
  console.log(`${count.results} results of ${count.events} events in ${schemas.size} schemas are as expected, byte by byte`);
}
