// Writes events, fifty each 200 ms, until it is told to stop:  node produce.mjs BOOTSTRAP TOPIC PARTITIONS
import kafkajs from "kafkajs";

const [bootstrap, topic, partitions] = process.argv.slice(2);
const kafka = new kafkajs.Kafka({ brokers: [bootstrap], logLevel: kafkajs.logLevel.ERROR });
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
let stops = false;
process.on("SIGTERM", () => (stops = true));

function event(n) {
  const payload = { userId: `u-${n % 100}`, actionType: "Purchased", itemSku: "SKU-PREMIUM-1", amount: 1 };
  if (n % 4 === 0) {
    payload.items = [
      { itemSku: "SKU-BASIC-1", amount: 1 },
      { itemSku: "SKU-PREMIUM-9", amount: 2 },
    ];
  }
  return JSON.stringify({ eventId: `e-${n}`, processVersion: 1, payload });
}

await producer.connect();
let sent = 0;
while (!stops) {
  const messages = Array.from({ length: 50 }, () => ({ value: event(sent), partition: sent++ % Number(partitions) }));
  await producer.send({ topic, acks: -1, messages });
  await new Promise((resolve) => setTimeout(resolve, 200));
}
await producer.disconnect();
console.log(sent);
