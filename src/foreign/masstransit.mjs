// Writes masstransit.jsonl: node masstransit.mjs [OUTPUT-FOLDER]
// Made by hand: no .NET ran. Each record follows the sources of MassTransit 8.5.8 that "about" names.
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const file = join(process.argv[2] ?? join(here, "../test/resources/foreign"), "masstransit.jsonl");
const RIDER = "src/Transports/MassTransit.KafkaIntegration/KafkaIntegration";
const CORE = "src/MassTransit/Serialization";
const start = Date.parse("2024-03-01T10:15:30.123Z");
const base64 = (text) => (text === null ? null : Buffer.from(text, "utf8").toString("base64"));

// A NewId: its end holds the time that is also SentTime, in ticks of 100 ns since the year 1.
const newId = (n, ms) => {
  const ticks = (BigInt(ms) * 10_000n + 4_560n + 621_355_968_000_000_000n).toString(16).padStart(16, "0");
  return `0${n}000000-6393-3630-${ticks.slice(12)}-${ticks.slice(0, 12)}`;
};
// A decimal is written as a text: JsonConverters/StringDecimalJsonConverter.cs.
const message = (n) => ({ userId: `user-${n}`, actionType: "Purchased", itemSku: `SKU-BASIC-${n}`, amount: "9.50" });
// WriteIndented = true.
const indented = (value) => JSON.stringify(value, null, 2);
const destination = "loopback://localhost/kafka/shop";
const source = "loopback://localhost/";

const line = (about, ms, key, value, headers) =>
  JSON.stringify({
    about: `MassTransit 8.5.8 (c1e5caa9a), by hand from its sources: ${about}`,
    timestamp: ms,
    key: base64(key),
    value: base64(value),
    headers: headers.map(([name, text]) => [name, base64(text)]),
  });

// What the rider's DictionaryHeadersSerialize.cs adds, in its order.
const rider = (n, ms, more = {}) =>
  [
    ["MessageId", newId(n, ms)],
    ["CorrelationId", more.correlationId],
    ["ConversationId", newId(n, ms + 1).replace("6393-3630", "6393-3631")],
    ["InitiatorId", more.initiatorId],
    ["DestinationAddress", destination],
    ["SourceAddress", source],
    ["Content-Type", more.contentType],
  ].filter(([, text]) => text !== undefined);

const host = {
  machineName: "shop-1",
  processName: "Shop",
  processId: 427,
  assembly: "Shop",
  assemblyVersion: "1.0.0.0",
  frameworkVersion: "8.0.11",
  massTransitVersion: "8.5.8.0",
  operatingSystemVersion: "Unix 6.1.0.28",
};
const envelope = (n, ms, more = {}) => ({
  messageId: newId(n, ms),
  requestId: null,
  correlationId: null,
  conversationId: newId(n, ms + 1).replace("6393-3630", "6393-3631"),
  initiatorId: null,
  sourceAddress: source,
  destinationAddress: destination,
  responseAddress: null,
  faultAddress: null,
  messageType: ["urn:message:Shop.Contracts:Purchased", "urn:message:Shop.Contracts:IShopEvent"],
  message: message(n),
  expirationTime: null,
  sentTime: new Date(ms).toISOString().replace("Z", "456Z"),
  headers: {},
  host,
  ...more,
});

const at = (n) => start + n;
const lines = [
  line(
    `rider, default (${RIDER}/Serializers/DictionaryHeadersSerialize.cs, MassTransitJsonSerializer.cs, KafkaTopicSendTransportContext.cs)`,
    at(1),
    "user-1",
    indented(message(1)),
    rider(1, at(1)),
  ),
  line(
    `rider, ids and an object as a header, as in tests/MassTransit.KafkaIntegration.Tests/Producer_Specs.cs (${RIDER}/Serializers/KafkaHeaderValueConverter.cs)`,
    at(2),
    null,
    indented(message(2)),
    [
      ["Special", indented({ key: "Hello", value: "World" })],
      ...rider(2, at(2), {
        correlationId: "5a1c0000-6393-3630-1111-08dc39d6c0ff",
        initiatorId: "5a1c0000-6393-3630-2222-08dc39d6c0ff",
      }),
    ],
  ),
  line(
    `rider, application headers process-version (an int, so text) and Tenant, and an activity, as under OpenTelemetry (${RIDER}/Serializers/KafkaHeaderValueConverter.cs, src/MassTransit.Abstractions/Contexts/HeaderValue.cs, src/MassTransit/Logging/Diagnostics/LogContextActivityExtensions.cs)`,
    at(3),
    "user-3",
    indented(message(3)),
    [
      ["process-version", "2"],
      ["Tenant", "acme"],
      ["MT-Activity-Id", "00-1e03f9b1b84f3d40b7087f2633fadd4a-38ac2fc84b035447-01"],
      ...rider(3, at(3)),
    ],
  ),
  line(
    `envelope as the value, through a value serializer of the application's own (${CORE}/JsonMessageEnvelope.cs, SystemTextJsonMessageSerializer.cs)`,
    at(4),
    "user-4",
    indented(envelope(4, at(4))),
    rider(4, at(4), { contentType: "application/vnd.masstransit+json" }),
  ),
  line(
    `envelope as the value, no Kafka headers, such as a bridge from another transport writes (${CORE}/JsonMessageEnvelope.cs, doc/content/3.documentation/2.configuration/serialization.md)`,
    at(5),
    "user-5",
    indented(envelope(5, at(5), { headers: { "Application-Header": "SomeValue" } })),
    [],
  ),
  line(
    `raw JSON with the headers of ${CORE}/RawMessageSerializer.cs (names in src/MassTransit.Abstractions/MessageHeaders.cs), through the rider's header serializer; the rider itself never sets MT-MessageType`,
    at(6),
    "user-6",
    indented(message(6)),
    [
      ["MT-MessageType", "urn:message:Shop.Contracts:Purchased;urn:message:Shop.Contracts:IShopEvent"],
      ["MT-Source-Address", source],
      ...rider(6, at(6), { contentType: "application/json" }),
    ],
  ),
];
writeFileSync(file, lines.join("\n") + "\n");
console.log(`${lines.length} records in masstransit.jsonl`);
