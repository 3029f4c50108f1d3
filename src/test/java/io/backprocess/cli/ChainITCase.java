package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.deadletter.DeadLetterHeaders;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several revisions in one pass: 1 → 2 → 2.3 → 3. */
class ChainITCase {
    private static final int PARTITIONS = 3;
    private static final String CHAIN = "purchase-split,two-and-a-bit,bit-to-three";

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private final Shell shell = new Shell(KAFKA);

    /** Every third event splits in the first link, in the middle, or in both; some end there, some are rejected by the last. */
    @Test
    void takesEventsThroughAllRevisionsInOnePass() {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> history = new ArrayList<>();
        List<List<String>> expected = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        List<String> rejected = new ArrayList<>();
        String batch = KAFKA.unique("batch");
        for (int i = 0; i < 300; i++) {
            int partition = i % PARTITIONS;
            int items = i % 4;
            String copies = i % 5 == 0 ? null : String.valueOf(i % 5 - 1);
            String rejects = i % 50 == 49 ? "2" : null;
            history.add(event(topic, partition, i, items, copies, rejects));
            List<String> results = expected(i, items, copies, batch);
            if (rejects == null) {
                expected.get(partition).addAll(results);
            } else {
                rejected.add("e-" + i);
            }
        }
        KAFKA.send(history);

        shell.run(topic, batch, "--revision", CHAIN, "--parallelism", "2").succeeds();

        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> results = KAFKA.readByPartition(topic + "." + batch);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(results.get(partition))
                    .extracting(ChainITCase::value)
                    .containsExactlyElementsOf(expected.get(partition));
        }
        assertThat(KAFKA.read(topic + "." + batch + ".dlq"))
                .allSatisfy(letter ->
                        assertThat(header(letter, DeadLetterHeaders.MESSAGE)).isEqualTo("No bit 2"))
                .extracting(letter -> header(letter, DeadLetterHeaders.EVENT_ID))
                .containsExactlyInAnyOrderElementsOf(rejected)
                .hasSize(6);
        JsonNode verification = shell.backprocess("verify", "--batch-id", batch, "--output", "json")
                .succeeds()
                .json();
        assertThat(verification.path("verdict").asText()).isEqualTo("complete");
    }

    @Test
    void startsInTheMiddleOfTheVersions() {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> history = new ArrayList<>();
        for (String version : List.of("2", "2.3", "2.30", "23e-1", "2.31", "3")) {
            history.add(record(
                    topic,
                    0,
                    "{\"eventId\":\"of-%s\",\"correlationId\":\"x\",\"processVersion\":%s,\"payload\":{}}"
                            .formatted(version, version)));
        }
        KAFKA.send(history);
        String batch = KAFKA.unique("batch");

        shell.run(topic, batch, "--from-version", "2.30", "--revision", "bit-to-three")
                .succeeds();

        assertThat(KAFKA.read(topic + "." + batch))
                .extracting(ChainITCase::value)
                .containsExactly(started("of-2.3", batch), started("of-2.30", batch), started("of-23e-1", batch));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // A gap.
                "purchase-split,bit-to-three | revision 'bit-to-three' takes version 2.3, but gets version 2; the chain is purchase-split (1 → 2), bit-to-three (2.3 → 3)",
                // A fork.
                "purchase-split,two-and-a-bit,two-to-four | revision 'two-to-four' takes version 2, but gets version 2.3: 'two-and-a-bit' has taken 2 already; the chain is purchase-split (1 → 2), two-and-a-bit (2 → 2.3), two-to-four (2 → 4)",
                // A loop in the middle, which would end at another version than it began.
                "purchase-split,two-and-a-bit,bit-to-three,three-to-two,two-to-four | revision 'three-to-two' goes back to version 2, where the chain has been before; the chain is purchase-split (1 → 2), two-and-a-bit (2 → 2.3), bit-to-three (2.3 → 3), three-to-two (3 → 2), two-to-four (2 → 4)",
                // The same one twice.
                "purchase-split,purchase-split | 'purchase-split' takes version 1, but gets version 2: 'purchase-split' has taken 1 already",
            })
    void refusesWhatIsNoStraightLineAndPrintsIt(String chain, String message) {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        Set<String> before = topics();

        shell.run(topic, "b", "--revision", chain).says(2, message);

        assertThat(topics()).isEqualTo(before);
    }

    private static ProducerRecord<byte[], byte[]> event(
            String topic, int partition, int number, int items, @Nullable String copies, @Nullable String rejects) {
        StringBuilder list = new StringBuilder();
        for (int item = 0; item < items; item++) {
            list.append(item == 0 ? "" : ",")
                    .append("{\"itemSku\":\"SKU-BASIC-%d\",\"amount\":%d.50}".formatted(item, item));
        }
        return record(
                topic,
                partition,
                envelope(
                        "e-" + number,
                        "live",
                        "1.0",
                        "Purchased",
                        "SKU-BASIC-old",
                        "0.990",
                        ",\"items\":[" + list + "]",
                        more(copies, rejects)));
    }

    /** Told plainly, link by link. */
    private static List<String> expected(int number, int items, @Nullable String copies, String batch) {
        List<String> results = new ArrayList<>();
        for (int item = 0; item < Math.max(1, items); item++) {
            String second = items > 1 ? derived("purchase-split/%d/e-%d".formatted(item, number)) : "e-" + number;
            int bits = copies == null ? 1 : Integer.parseInt(copies);
            for (int bit = 0; bit < bits; bit++) {
                String third = bits > 1 ? derived("two-and-a-bit/%d/%s".formatted(bit, second)) : second;
                String more = more(copies, null) + ",\"bit\":" + (copies == null ? "true" : String.valueOf(bit))
                        + ",\"from\":\"2.3 " + third + "\"";
                results.add(
                        items == 0
                                ? envelope(
                                        third,
                                        batch,
                                        "3",
                                        "SubscriptionBPurchased",
                                        "SKU-BASIC-old",
                                        "0.990",
                                        ",\"items\":[]",
                                        more)
                                : envelope(
                                        third,
                                        batch,
                                        "3",
                                        "SubscriptionBPurchased",
                                        "SKU-BASIC-" + item,
                                        item + ".50",
                                        "",
                                        more));
            }
        }
        return results;
    }

    private static String envelope(
            String eventId,
            String correlationId,
            String version,
            String action,
            String sku,
            String amount,
            String items,
            String more) {
        return "{\"eventId\":\"%s\",\"correlationId\":\"%s\",\"processVersion\":%s,\"payload\":{\"actionType\":\"%s\",\"itemSku\":\"%s\",\"amount\":%s%s%s}}"
                .formatted(eventId, correlationId, version, action, sku, amount, items, more);
    }

    private static String more(@Nullable String copies, @Nullable String rejects) {
        return ",\"city\":\"東京\"" + (copies == null ? "" : ",\"copies\":" + copies)
                + (rejects == null ? "" : ",\"rejects\":" + rejects);
    }

    private static String started(String eventId, String batch) {
        return "{\"eventId\":\"%s\",\"correlationId\":\"%s\",\"processVersion\":3,\"payload\":{\"from\":\"2.3 %s\"}}"
                .formatted(eventId, batch, eventId);
    }

    private static String derived(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int partition, String value) {
        return new ProducerRecord<>(topic, partition, null, value.getBytes(StandardCharsets.UTF_8));
    }

    private static String value(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    private static Set<String> topics() {
        try {
            return KAFKA.admin().listTopics().names().get();
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new AssertionError(e);
        }
    }
}
