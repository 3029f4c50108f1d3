// What an alias points to: the last record with its name as key in backprocess.aliases.
import { randomUUID } from "node:crypto";
import kafkajs from "kafkajs";
import lz4 from "lz4js";

// KafkaJS has none of its own, and results are compressed with it.
kafkajs.CompressionCodecs[kafkajs.CompressionTypes.LZ4] = () => ({
  compress: async ({ buffer }) => Buffer.from(lz4.compress(buffer)),
  decompress: async (buffer) => Buffer.from(lz4.decompress(buffer)),
});

const TOPIC = "backprocess.aliases";

/** Calls back with the target of the alias, now and whenever it is moved; undefined if there is none. */
export async function watchAlias(kafka, alias, onTarget) {
  const admin = kafka.admin();
  await admin.connect();
  const exists = (await admin.listTopics()).includes(TOPIC);
  const end = exists ? Number((await admin.fetchTopicOffsets(TOPIC))[0].high) : 0;
  await admin.disconnect();
  if (end === 0) {
    onTarget(undefined);
  }
  let target;
  const consumer = kafka.consumer({ groupId: `alias-${randomUUID()}`, readUncommitted: false, allowAutoTopicCreation: false });
  await consumer.connect();
  while (!exists && !(await topicExists(kafka))) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const message of batch.messages) {
        if (message.key?.toString() === alias) {
          target = message.value === null ? undefined : JSON.parse(message.value);
        }
      }
      if (Number(batch.lastOffset()) + 1 >= end) {
        onTarget(target);
      }
    },
  });
  return consumer;
}

async function topicExists(kafka) {
  const admin = kafka.admin();
  await admin.connect();
  const exists = (await admin.listTopics()).includes(TOPIC);
  await admin.disconnect();
  return exists;
}
