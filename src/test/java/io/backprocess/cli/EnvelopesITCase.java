package io.backprocess.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.envelope.ForeignRecords;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Kcat;
import io.backprocess.testing.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Histories with another envelope go from a preview to a promoted batch, without Java. */
class EnvelopesITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final String MARK = "{name: mark, from: 1, to: 2, rules: [{set: {revised: true}}]}";
    private static final String RETYPE =
            "{name: mark, from: 1, to: 2, rules: [{set: {revised: true}}, {when: 'attributes.?type.hasValue()', set: {attributes.type: Marked}}]}";

    @TempDir
    private Path directory = Path.of("");

    private final Shell shell = new Shell(KAFKA);
    private final String topic = KAFKA.unique("foreign");
    private final String batch = KAFKA.unique("batch");

    /** Records that the libraries themselves wrote; a client in C reads the results. */
    @ParameterizedTest
    @CsvSource({
        "axon, 3, axon-message-type, axon-message-revision",
        "cloudevents, 4, ce_type, ce_processversion",
        "debezium, 9, , process-version",
        "debezium-outbox, 3, eventType, process-version",
        "masstransit, 5, MT-MessageType, process-version",
        "spring, 2, __TypeId__, process-version",
    })
    void bringsTheRecordsOfAPresetToAnAlias(String preset, int results, String type, String version) throws Exception {
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        for (ForeignRecords.Foreign each : ForeignRecords.of("foreign/" + preset + ".jsonl")) {
            KAFKA.send(each.to(topic));
        }
        String rules = file("rules.yaml", type == null ? MARK : RETYPE);

        assertThat(shell.preview(topic, "--envelope", preset, "--rules", rules)
                        .succeeds()
                        .out())
                .contains("every result also gets the batch id (header:backprocess.batch-id) and processVersion 2 (");
        shell.run(topic, batch, "--envelope", preset, "--rules", rules).succeeds();
        assertThat(verify().out()).contains("complete");
        shell.backprocess("promote", "--alias", KAFKA.unique("alias"), "--batch-id", batch, "--execute")
                .succeeds();

        List<ConsumerRecord<byte[], byte[]>> written = KAFKA.read(topic + "." + batch);
        assertThat(written).hasSize(results);
        for (ConsumerRecord<byte[], byte[]> result : written) {
            ConsumerRecord<byte[], byte[]> source = KAFKA.read(topic).get(origin(result));
            Map<String, String> headers = headers(result);
            assertThat(headers).containsEntry("backprocess.batch-id", batch);
            List.of("backprocess.batch-id", "backprocess.source", version).forEach(headers::remove);
            Map<String, String> before = headers(source);
            before.remove(version);
            if (type != null && before.containsKey(type)) {
                assertThat(before.put(type, headers.get(type))).isNotEqualTo(headers.get(type));
            }
            assertThat(headers).isEqualTo(before);
            assertThat(text(result.value())).contains("\"revised\":true");
            assertThat(result.key()).isEqualTo(source.key());
            assertThat(result.timestamp()).isEqualTo(source.timestamp());
        }
        assertThat(Kcat.values(KAFKA.bootstrapServers(), topic + "." + batch))
                .isEqualTo(written.stream().map(result -> text(result.value())).toList());
    }

    @ParameterizedTest
    @CsvSource({"cloudevents, partition", "debezium-outbox, global"})
    void writesASampleHistoryOfAPreset(String preset, String scope) throws IOException {
        shell.backprocess("sample", "--topic", topic, "--envelope", preset, "--events", "400", "--execute")
                .succeeds();
        String rules = file("rules.yaml", RETYPE);

        shell.run(topic, batch, "--envelope", preset, "--rules", rules, "--parallelism", "2", "--dedupe-scope", scope)
                .succeeds();

        verify();
        assertThat(KAFKA.read(topic + "." + batch)).hasSizeGreaterThan(300);
        assertThat(shell.backprocess("peek", "--batch-id", batch).succeeds().out())
                .contains("\"type\":\"Marked\"");
    }

    /** The names, numbers, texts and places that strangers tried first. */
    @Test
    void takesEveryFormOfOneTopic() throws IOException {
        send(
                "{\"event_id\":\"s-1\",\"correlation_id\":null,\"event_timestamp\":1735689600000,\"process_version\":1,\"payload\":{\"user_id\":\"user-1\",\"amount\":9.50}}",
                "{\"EventId\":\"s-2\",\"EventTimestamp\":\"2025-01-01T00:00:00\",\"ProcessVersion\":1,\"Payload\":{\"amount\":9.50}}",
                "{\"eventId\":1234567890123456789,\"correlationId\":null,\"processVersion\":1,\"payload\":{\"amount\":9.50}}",
                "{\"eventId\":\"s-4\",\"processVersion\":\"1\",\"payload\":{\"amount\":9.50}}",
                "{\"eventId\":\"s-5\",\"processVersion\":\"v1\",\"payload\":{\"amount\":9.50}}",
                "{\"eventId\":\"s-6\",\"processVersion\":1.0,\"payload\":{\"amount\":9.50}}",
                "{\"meta\":{\"eventId\":\"s-7\",\"processVersion\":1},\"payload\":{\"amount\":9.50}}",
                "[{\"eventId\":\"s-8\",\"processVersion\":1,\"payload\":{}}]");
        String names = file("names.yaml", """
                name: names
                stamp: { batch: none }
                forms:
                  - when: { has: [/event_id] }
                    eventId: /event_id
                    processVersion: /process_version
                    eventTimestamp: { from: /event_timestamp, unit: millis }
                    payload: /payload
                    stamp: { batch: /correlation_id }
                  - when: { has: [/EventId] }
                    eventId: /EventId
                    processVersion: /ProcessVersion
                    payload: /Payload
                  - when: { has: [/meta/eventId] }
                    eventId: /meta/eventId
                    processVersion: /meta/processVersion
                    payload: /payload
                  - eventId: /eventId
                    processVersion: { from: /processVersion, map: { v1: 1, v2: 2, "2": 2 }, write: { 2: v2 } }
                    payload: /payload
                """);

        shell.run(topic, batch, "--envelope", names, "--rules", file("rules.yaml", MARK))
                .succeeds();

        verify();
        assertThat(KAFKA.read(topic + "." + batch).stream().map(result -> text(result.value())))
                .containsExactly(
                        "{\"event_id\":\"s-1\",\"correlation_id\":\"" + batch
                                + "\",\"event_timestamp\":1735689600000,\"process_version\":2,\"payload\":{\"user_id\":\"user-1\",\"amount\":9.50,\"revised\":true}}",
                        "{\"EventId\":\"s-2\",\"EventTimestamp\":\"2025-01-01T00:00:00\",\"ProcessVersion\":2,\"Payload\":{\"amount\":9.50,\"revised\":true}}",
                        "{\"eventId\":1234567890123456789,\"correlationId\":null,\"processVersion\":\"v2\",\"payload\":{\"amount\":9.50,\"revised\":true}}",
                        "{\"eventId\":\"s-4\",\"processVersion\":\"v2\",\"payload\":{\"amount\":9.50,\"revised\":true}}",
                        "{\"eventId\":\"s-5\",\"processVersion\":\"v2\",\"payload\":{\"amount\":9.50,\"revised\":true}}",
                        "{\"eventId\":\"s-6\",\"processVersion\":\"v2\",\"payload\":{\"amount\":9.50,\"revised\":true}}",
                        "{\"meta\":{\"eventId\":\"s-7\",\"processVersion\":2},\"payload\":{\"amount\":9.50,\"revised\":true}}");
        assertThat(shell.backprocess("dlq", "list", "--batch-id", batch)
                        .succeeds()
                        .out())
                .contains("the value is no JSON object but an array");
    }

    @Test
    void keepsTheMappingInThePlanAndRefusesAnother() throws IOException {
        send("{\"id\":1,\"data\":{\"n\":1}}", "{\"id\":1,\"data\":{\"n\":1}}", "{\"id\":2,\"data\":{\"n\":2}}");
        String mapping =
                "{name: shop, eventId: /id, processVersion: {from: 'header:v', absent: 1}, payload: /data, select: payload.n == 1}";
        String file = file("shop.yaml", mapping);
        String rules = file("rules.yaml", MARK);
        shell.run(topic, batch, "--envelope", file, "--rules", rules).succeeds();

        Files.writeString(Path.of(file), mapping.replace("n == 1", "n == 2"));
        shell.run(topic, batch, "--envelope", file, "--rules", rules).says(4, "envelope: {name: shop");
        Files.delete(Path.of(file));

        verify();
        assertThat(shell.backprocess("status", "--batch-id", batch).succeeds().out())
                .contains("skipped versions: not-selected 1");
        assertThat(shell.backprocess("status", "--batch-id", batch, "--output", "json")
                        .json()
                        .path("duplicates")
                        .asLong())
                .isEqualTo(1);
    }

    /** One copy of an id that the batch has taken, two copies of another, and a letter that stays unreadable. */
    @Test
    void redrivesWhatAnotherMappingCanRead() throws IOException {
        send(
                "{\"id\":\"a\",\"v\":1,\"data\":{\"n\":1}}",
                "{\"event\":\"b\",\"v\":1,\"data\":{\"n\":2}}",
                "{\"event\":\"a\",\"v\":1,\"data\":{\"n\":3}}",
                "{\"event\":\"b\",\"v\":1,\"data\":{\"n\":4}}",
                "{\"event\":\"c\",\"v\":1,\"data\":{\"n\":5}}",
                "{\"nothing\":1}");
        String first = "{name: first, eventId: /id, processVersion: /v, payload: /data}";
        String both =
                "{name: both, processVersion: /v, payload: /data, forms: [{when: {has: [/event]}, eventId: /event}, {eventId: /id}]}";
        String rules = file("rules.yaml", MARK);
        shell.run(topic, batch, "--envelope", file("first.yaml", first), "--rules", rules, "--max-dlq-ratio", "1")
                .succeeds();
        String[] redrive = {"redrive", "--batch-id", batch, "--envelope", file("both.yaml", both), "--execute"};

        String out = shell.backprocess(redrive).succeeds().out();

        assertThat(out)
                .containsPattern("2 +were revised; 2 results")
                .containsPattern("2 +stay: another copy has taken");
        assertThat(KAFKA.read(topic + "." + batch).stream().map(result -> text(result.value())))
                .containsExactly(
                        "{\"id\":\"a\",\"v\":2,\"data\":{\"n\":1,\"revised\":true}}",
                        "{\"event\":\"b\",\"v\":2,\"data\":{\"n\":2,\"revised\":true}}",
                        "{\"event\":\"c\",\"v\":2,\"data\":{\"n\":5,\"revised\":true}}");
        verify();
        assertThat(shell.backprocess(redrive).succeeds().out())
                .containsPattern("2 +stay: another copy has taken")
                .containsPattern("3 +have been redriven before")
                .doesNotContain("were revised");
        verify();
    }

    @Test
    void saysWhatDoesNotFitBeforeItDoesAnything() throws IOException {
        send("{\"id\":1,\"v\":\"v9\",\"data\":{}}", "{\"id\":2,\"v\":\"v1\",\"data\":{}}");
        String rules = file("rules.yaml", MARK);
        String mapping = file("shop.yaml", """
                name: shop
                eventId: /id
                processVersion: { from: /v, map: { v1: 1, v2: 2 } }
                payload: /data
                attributes: { type: /type }
                stamp: { batch: /trace/batch }
                """);

        Shell.Answer run = shell.run(topic, batch, "--envelope", mapping, "--rules", rules);

        run.says(4, "--envelope shop does not fit: line 5, column 21: no sampled record has attribute 'type'");
        run.says(4, "no sampled record has an object in which a result could write its batch");
        run.says(4, "processVersion at /v is text \"v9\", a number or a text of 'map' is needed");
        shell.plan(topic, "--envelope", mapping, "--rules", rules)
                .says(4, "--envelope shop does not fit: line 5, column 21: no sampled record has attribute 'type'");
        shell.run(topic, batch, "--rules", rules)
                .says(
                        4,
                        "2 of 2 sampled records are no events of --envelope backprocess: 100 % look like JSON objects");
        shell.preview(topic, "--rules", rules).succeeds();
        shell.run(topic, batch, "--envelope", file("bad.yaml", "name: bad\neventId: id\n"), "--rules", rules)
                .says(2, "line 2, column 10: 'id' is not a place");
        shell.run(topic, batch, "--absent-version", "1", "--rules", rules).says(2, "has no effect without a preset");
        assertThat(KAFKA.exists(topic + "." + batch)).isFalse();
    }

    /** The trace id of the business, which the batch id takes the place of. */
    @Test
    void keepsTheFormerCorrelationIdInAHeader() {
        send(
                "{\"eventId\":\"e\",\"correlationId\":\"trace-1\",\"processVersion\":1,\"payload\":{\"actionType\":\"Viewed\"}}");

        shell.run(topic, batch).succeeds();

        ConsumerRecord<byte[], byte[]> result = KAFKA.read(topic + "." + batch).get(0);
        assertThat(text(result.value())).contains("\"correlationId\":\"" + batch + "\"");
        assertThat(headers(result)).containsEntry("backprocess.correlation-id", "trace-1");
        verify();
    }

    /** A header that consumers filter by, and headers that a replay must not have. */
    @Test
    void addsAndDropsHeadersAndProvesIt() {
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        ProducerRecord<byte[], byte[]> event = new ProducerRecord<>(
                topic,
                0,
                1_735_689_600_000L,
                "key".getBytes(UTF_8),
                "{\"eventId\":\"e\",\"processVersion\":1,\"payload\":{\"actionType\":\"Viewed\"}}".getBytes(UTF_8));
        for (String name : List.of("traceparent", "b3-trace", "b3", "replay", "tenant", "backprocess.old", "a*b")) {
            event.headers().add(name, name.getBytes(UTF_8));
        }
        KAFKA.send(event);
        String[] changes = {
            "--add-header",
            "replay=true",
            "--add-header",
            "reason=a=b",
            "--drop-header",
            "b3*",
            "--drop-header",
            "traceparent",
            "--drop-header",
            "backp*"
        };

        shell.run(topic, batch, changes).succeeds();

        assertThat(headers(KAFKA.read(topic + "." + batch).get(0)))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "tenant", "tenant",
                        "a*b", "a*b",
                        "backprocess.old", "backprocess.old",
                        "backprocess.source", topic + "/0/0",
                        "replay", "true",
                        "reason", "a=b"));
        verify();
        shell.run(topic, batch, "--add-header", "replay=false")
                .says(4, "add-header: {reason=a=b, replay=true}, now {replay=false}");
        shell.run(topic, "b", "--add-header", "backprocess.source=x")
                .says(2, "--add-header backprocess.source is one of Backprocess's own headers");
        shell.run(topic, "b", "--drop-header", "backprocess.*").says(2, "own headers are never dropped");
        shell.run(topic, "b", "--envelope", "spring", "--add-header", "__TypeId__=x")
                .says(2, "--add-header __TypeId__: the envelope keeps a part of each event in this header");
        assertThat(shell.plan(topic, changes).succeeds().out())
                .contains("adds      replay: true", "drops     b3*", "drops     traceparent");
    }

    private void send(String... values) {
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        for (String value : values) {
            KAFKA.send(
                    new ProducerRecord<>(topic, 0, 1_735_689_600_000L, "key".getBytes(UTF_8), value.getBytes(UTF_8)));
        }
    }

    private Shell.Answer verify() {
        return shell.backprocess("verify", "--batch-id", batch).succeeds();
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private static int origin(ConsumerRecord<byte[], byte[]> result) {
        String source = headers(result).getOrDefault("backprocess.source", "");
        return Integer.parseInt(source.substring(source.lastIndexOf('/') + 1));
    }

    private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        StreamSupport.stream(record.headers().spliterator(), false)
                .forEach(header -> headers.put(header.key(), header.value() == null ? "null" : text(header.value())));
        return headers;
    }

    private static String text(byte[] utf8) {
        return new String(utf8, UTF_8);
    }
}
