// What a topic holds now, read with kafkajs.
import kafkajs from "kafkajs";
import lz4 from "lz4js";

const { Kafka, logLevel, CompressionCodecs, CompressionTypes } = kafkajs;
// KafkaJS has none of its own, and results are compressed with it.
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async ({ buffer }) => Buffer.from(lz4.compress(buffer)),
  decompress: async (buffer) => Buffer.from(lz4.decompress(buffer)),
});

export const kafka = (bootstrap) =>
  new Kafka({ clientId: "foreign", brokers: bootstrap.split(","), logLevel: logLevel.ERROR });

/** Hands the committed records over in batches, in the order of each partition. */
export async function consume(bootstrap, topic, each) {
  const client = kafka(bootstrap);
  const admin = client.admin();
  await admin.connect();
  const left = new Map();
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
    if (Number(low) < Number(high)) left.set(partition, Number(high));
  }
  await admin.disconnect();
  if (left.size === 0) return;
  const consumer = client.consumer({
    groupId: `foreign-${process.pid}-${Date.now()}`,
    readUncommitted: false,
    // What fails is shown at once and not tried again.
    retry: { restartOnFailure: async () => false, retries: 0 },
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const done = new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    // A batch can end with the marks of transactions, which are no records.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (Number(payload.lastOffset) + 1 >= left.get(payload.partition)) left.delete(payload.partition);
      if (left.size === 0) resolve();
    });
  });
  await consumer.run({ eachBatch: ({ batch }) => each(batch) });
  await done;
  await consumer.disconnect();
}
