package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.testing.ApicurioRegistry;
import io.backprocess.testing.AvroEvents;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.RegistryProxy;
import io.backprocess.testing.Shell;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A history in Avro, with a real schema registry behind a way that can be closed. */
class AvroITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final ApicurioRegistry REGISTRY = new ApicurioRegistry();

    private static final int EVENTS = 600;

    private final Shell shell = new Shell(KAFKA);
    private final String topic = KAFKA.unique("avro");
    private final String batch = KAFKA.unique("batch");
    private final RegistryProxy registry = new RegistryProxy(REGISTRY.confluentUrl());
    private final int id = REGISTRY.register(REGISTRY.unique("purchases") + "-value", "AVRO", AvroEvents.SCHEMA);

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void asksHowRecordsNameTheirSchemaAndSaysWhatTheyLookLike() {
        AvroEvents.write(KAFKA, topic, id, EVENTS, List.of());

        shell.plan(topic, "--format", "avro", "--registry", registry.url())
                .says(2, "--format avro needs --framing, which says where a record names the schema of its value: ");
        assertThat(shell.plan(topic, "--format", "avro", "--registry", registry.url())
                        .err())
                .contains(
                        "begin with byte 0 and an id in 4 bytes (%d)".formatted(id), "confluent", "apicurio-content4");
        Shell.Answer asJson = shell.plan(topic);
        asJson.says(4, "Confluent wire format");
        asJson.says(4, "--format avro");
        shell.plan(topic, "--format", "avro", "--framing", "confluent").says(2, "add --registry URL");
        shell.plan(topic, "--format", "avro", "--framing", "confluent", "--registry", "http://ana:secret@127.0.0.1:1")
                .says(2, "--registry has a user or a password in it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"partition", "global"})
    void changesWhatTheRevisionTouchesAndNothingElse(String scope) {
        AvroEvents.write(KAFKA, topic, id, EVENTS, List.of(AvroEvents.record(topic, 0, "bad", new byte[] {
            0, 0, 0, 0, (byte) id, 2
        })));

        run("--dedupe-scope", scope).succeeds();

        registry.answersOnly(503);
        shell.backprocess("verify", "--batch-id", batch).succeeds();
        Map<String, byte[]> before = byId(KAFKA.read(topic));
        List<ConsumerRecord<byte[], byte[]>> results = KAFKA.read(topic + "." + batch);
        assertThat(results).hasSize(EVENTS);
        for (ConsumerRecord<byte[], byte[]> result : results) {
            GenericRecord event = AvroEvents.read(result.value());
            byte[] source = before.get(event.get("eventId").toString());
            GenericRecord expected = AvroEvents.read(source);
            expected.put("correlationId", batch);
            expected.put("processVersion", 2);
            ((GenericRecord) expected.get("payload")).put("actionType", "SubscriptionAPurchased");
            assertThat(event).hasToString(expected.toString());
            // Avro's own encoder writes what is left in the blocks that this history has.
            assertThat(result.value()).isEqualTo(AvroEvents.framed(id, expected));
        }
        assertThat(KAFKA.read(topic + "." + batch + ".dlq")).hasSize(1);
        assertThat(shell.backprocess("dlq", "list", "--batch-id", batch).out()).contains("not-an-envelope");
    }

    @Test
    void splitsAnEventAndRefusesWhatTheSchemaDoesNotTake() {
        GenericRecord several = AvroEvents.purchase("several", "x", "1");
        GenericRecord payload = (GenericRecord) several.get("payload");
        var items = payload.getSchema().getField("items").schema().getTypes().get(1);
        List<GenericRecord> list = new ArrayList<>();
        for (String sku : List.of("SKU-PREMIUM-1", "SKU-BASIC-2")) {
            GenericRecord item = new org.apache.avro.generic.GenericData.Record(items.getElementType());
            item.put("itemSku", sku);
            item.put("amount", AvroEvents.decimal("12.340"));
            list.add(item);
        }
        payload.put("items", list);
        KAFKA.createTopic(topic, 1);
        KAFKA.send(AvroEvents.record(topic, 0, "k", AvroEvents.framed(id, several)));

        assertThat(shell.preview(topic, encoded()).out())
                .contains("SubscriptionBPurchased")
                .contains("12.340");
        run().succeeds();

        shell.backprocess("verify", "--batch-id", batch).succeeds();
        List<GenericRecord> results = KAFKA.read(topic + "." + batch).stream()
                .map(result -> AvroEvents.read(result.value()))
                .toList();
        assertThat(results)
                .extracting(AvroEvents::amount)
                .extracting(String::valueOf)
                .containsExactly("12.340", "12.340");
        assertThat(results)
                .extracting(event -> String.valueOf(((GenericRecord) event.get("payload")).get("items")))
                .containsOnly("null");
        assertThat(shell.backprocess("peek", "--batch-id", batch).out()).contains("SubscriptionAPurchased");
    }

    private static Map<String, byte[]> byId(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .filter(record -> record.value().length > 10)
                .collect(Collectors.toMap(
                        record -> AvroEvents.read(record.value()).get("eventId").toString(), ConsumerRecord::value));
    }

    private String[] encoded(String... further) {
        List<String> args =
                new ArrayList<>(List.of("--format", "avro", "--framing", "confluent", "--registry", registry.url()));
        args.addAll(List.of(further));
        return args.toArray(String[]::new);
    }

    private Shell.Answer run(String... further) {
        return shell.run(topic, batch, encoded(further));
    }
}
