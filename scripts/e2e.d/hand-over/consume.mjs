// A consumer group of one member that follows an alias, as docs/hand-over.md says for other languages:
//   node consume.mjs BOOTSTRAP ALIAS SOURCE GROUP FILE
// Each record that it has processed is a line of the file: topic, partition, offset, and the offset of the source.
import { appendFileSync } from "node:fs";
import kafkajs from "kafkajs";
import { watchAlias } from "./alias.mjs";

const [bootstrap, alias, source, groupId, file] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({ brokers: [bootstrap], logLevel: kafkajs.logLevel.ERROR });

let target;
let wanted = () => {};
const looked = new Promise((resolve) => {
  watchAlias(kafka, alias, (now) => {
    if (now && !now.handOver?.length) {
      console.error("the alias says no place to change over: it was moved back, or to a batch with an end");
      process.exit(3);
    }
    target = now;
    wanted();
    resolve();
  });
});

/**
 * Where the group is, by partition: the topic, the next offset, how often it was moved, the origin before which results are passed
 * over, and the origin of the last record. The metadata of its offsets has what Kafka does not know.
 */
async function places(partitions) {
  const admin = kafka.admin();
  await admin.connect();
  const topics = [source, ...(target ? [target.resultTopic, ...(target.handOver ?? []).map((each) => each.leave.topic)] : [])];
  const places = Array.from({ length: partitions }, () => ({ topic: source, next: 0, moves: -1, origin: 0, last: -1 }));
  for (const { topic, partitions: offsets } of await admin.fetchOffsets({ groupId, topics: [...new Set(topics)] })) {
    for (const { partition, offset, metadata } of offsets) {
      const [moves, origin, last] = (metadata || "0 0 -1").split(" ").map(Number);
      if (Number(offset) >= 0 && moves > places[partition].moves) {
        places[partition] = { topic, next: Number(offset), moves, origin, last };
      }
    }
  }
  await admin.disconnect();
  return places.map((place) => ({ ...place, moves: Math.max(0, place.moves) }));
}

const originOf = (topic, message) =>
  topic === source ? Number(message.offset) : Number(message.headers["backprocess.source"].toString().split("/").at(-1));

/** Reads until a topic is entered that is not subscribed to. */
async function read(partitions) {
  const now = await places(partitions);
  const handOver = target?.handOver ?? [];
  const subscribed = [...new Set([...now.map((place) => place.topic), ...handOver.map((each) => each.enter.topic)])];
  const consumer = kafka.consumer({ groupId, readUncommitted: false, maxWaitTimeInMs: 200, allowAutoTopicCreation: false });
  const ended = new Promise((resolve) => (wanted = resolve));
  await consumer.connect();
  await consumer.subscribe({ topics: subscribed, fromBeginning: true });
  const offsets = (topic, partition, place) => ({
    topic,
    partitions: [{ partition, offset: String(place.next), metadata: `${place.moves} ${place.origin} ${place.last}` }],
  });
  const commit = (...all) => consumer.commitOffsets(all.flatMap(({ topic, partitions: [each] }) => ({ topic, ...each })));

  async function move(partition, place, way) {
    const left = now[partition];
    const origin = Math.max(way.origin, left.last + 1);
    now[partition] = { topic: way.enter.topic, next: way.enter.offset, moves: left.moves + 1, origin, last: origin - 1 };
    // Both in one request: until then the group is in the one topic, afterwards in the other.
    await commit(offsets(left.topic, partition, left), offsets(way.enter.topic, partition, now[partition]));
    consumer.pause([{ topic: left.topic, partitions: [partition] }]);
    consumer.seek({ topic: way.enter.topic, partition, offset: String(way.enter.offset) });
    consumer.resume([{ topic: way.enter.topic, partitions: [partition] }]);
  }

  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: async ({ batch, resolveOffset, heartbeat, isStale }) => {
      const { topic, partition } = batch;
      const place = now[partition];
      if (place.topic !== topic) {
        consumer.pause([{ topic, partitions: [partition] }]);
        return;
      }
      const way = handOver.find((each) => each.partition === partition && each.enter.topic !== topic);
      for (const message of batch.messages) {
        if (isStale()) {
          return;
        }
        const origin = originOf(topic, message);
        // Two results of one event belong together, so it is left only before another event.
        if (way && place.next >= way.leave.offset * (way.leave.topic === topic) && origin >= way.origin && origin !== place.last) {
          await move(partition, place, way);
          return;
        }
        if (origin >= place.origin) {
          appendFileSync(file, `${topic} ${partition} ${message.offset} ${origin}\n`);
        }
        place.last = Math.max(place.last, origin);
        place.next = Number(message.offset) + 1;
        resolveOffset(message.offset);
      }
      await commit(offsets(topic, partition, place));
      await heartbeat();
    },
  });
  for (const [partition, place] of now.entries()) {
    consumer.seek({ topic: place.topic, partition, offset: String(place.next) });
  }
  await ended;
  await consumer.disconnect();
}

await looked;
const admin = kafka.admin();
await admin.connect();
const partitions = (await admin.fetchTopicOffsets(source)).length;
await admin.disconnect();
for (;;) {
  try {
    await read(partitions);
  } catch (e) {
    // The group's coordinator may be about to begin.
    if (!e.retriable) {
      throw e;
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
