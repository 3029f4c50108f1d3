// Checks what a consumer has read:  node check.mjs FILE COMMITTED_EVENTS PARTITIONS TOPIC …
// Each event was read in exactly one topic, none is missing, and each of the topics was read.
import { readFileSync } from "node:fs";

const [file, events, partitions, ...wanted] = process.argv.slice(2);
const topics = new Map();
const records = new Map();
for (const line of readFileSync(file, "utf8").trim().split("\n")) {
  const [topic, partition, offset, origin] = line.split(" ");
  const event = `${partition}/${origin}`;
  topics.set(event, (topics.get(event) ?? new Set()).add(topic));
  const record = `${topic}/${partition}/${offset}`;
  records.set(record, (records.get(record) ?? 0) + 1);
}
const problems = [...topics].filter(([, read]) => read.size > 1).map(([event, read]) => `${event} was read in ${[...read].join(" and ")}`);
for (let n = 0; n < Number(events); n++) {
  const event = `${n % Number(partitions)}/${Math.floor(n / Number(partitions))}`;
  if (!topics.has(event)) {
    problems.push(`${event} is missing`);
  }
}
const read = new Set([...topics.values()].flatMap((each) => [...each]));
problems.push(...wanted.filter((topic) => !read.has(topic)).map((topic) => `nothing was read in ${topic}`));
const again = [...records.values()].filter((times) => times > 1).length;
console.log(`${file}: ${topics.size} events in ${[...read].join(", ")}; ${again} records read again; ${problems.length} problems`);
if (problems.length > 0) {
  console.log(problems.slice(0, 20).join("\n"));
  process.exit(1);
}
