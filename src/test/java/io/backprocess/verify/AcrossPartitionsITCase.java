package io.backprocess.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.Backprocess;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.dedupe.SeenIds.Identity;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.PlanStore;
import io.backprocess.testing.KafkaBroker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import picocli.CommandLine;

/** What a producer without keys has written twice, into different partitions. */
class AcrossPartitionsITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void countsTheSameIdsInDifferentPartitionsAndSaysWhatTheScopeProves() throws Exception {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 3, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            records.add(seen(topic, 0, "e-" + i));
            records.add(seen(topic, i < 5 ? 1 : 0, "e-" + i));
        }
        records.add(seen(topic, 2, "e-3"));
        KAFKA.send(records);
        WrittenBatch batch = WrittenBatch.of(KAFKA, topic, DedupeScope.PARTITION, ResultHeaders.ORIGIN)
                .write();
        store(batch);

        int text = run(batch, "--across-partitions");
        String recorded = out.toString();
        out.getBuffer().setLength(0);
        int json = run(batch, "--across-partitions", "--output", "json");
        JsonNode document = new ObjectMapper().readTree(out.toString());

        assertThat(text).as(err.toString()).isZero();
        assertThat(recorded)
                .contains("5 eventIds were taken in more than one partition, with 6 further copies")
                .contains("nothing is doubled within a partition");
        assertThat(json).isZero();
        assertThat(document.at("/acrossPartitions/eventIds").asLong()).isEqualTo(5);
        assertThat(document.at("/acrossPartitions/copies").asLong()).isEqualTo(6);
        assertThat(document.at("/acrossPartitions/examples")).hasSize(5);
        assertThat(document.at("/acrossPartitions/examples").toString())
                .contains("[\"%1$s/0/3\",\"%1$s/1/3\",\"%1$s/2/0\"]".formatted(topic));
    }

    @Test
    void isRefusedWhereTheScopeIsGlobalSinceItIsProvenThere() {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 2, "retention.ms=-1");
        KAFKA.send(List.of(seen(topic, 0, "a"), seen(topic, 1, "a")));
        WrittenBatch batch = WrittenBatch.of(KAFKA, topic, DedupeScope.GLOBAL, ResultHeaders.ORIGIN)
                .write();
        store(batch);

        assertThat(run(batch, "--across-partitions")).isEqualTo(2);
        assertThat(err.toString()).contains("leave --across-partitions out");
        assertThat(run(batch)).as(err.toString()).isZero();
        assertThat(out.toString()).contains("nothing is doubled").doesNotContain("within a partition");
    }

    @Test
    void countsAsASetWouldWhateverBucketTheyFallInto() {
        try (AcrossPartitions across = new AcrossPartitions("orders")) {
            for (int i = 0; i < 30_000; i++) {
                long high = (i % 10_000) * 0x9E37_79B9_7F4A_7C15L;
                // The lower half is of the payload, which makes no difference.
                across.taken(new Identity(high, (7L << 32) | i), i / 10_000, i);
            }
            across.taken(new Identity(0, 8L << 32), 3, 1);

            Verification.CrossPartitionCopies counted = across.count();

            assertThat(counted.eventIds()).isEqualTo(10_000);
            assertThat(counted.copies()).isEqualTo(20_000);
            assertThat(counted.examples()).hasSize(AcrossPartitions.EXAMPLES).allSatisfy(places -> assertThat(places)
                    .hasSize(3));
        }
    }

    private static void store(WrittenBatch batch) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            new PlanStore(admin).put(batch.plan);
        }
    }

    private int run(WrittenBatch batch, String... options) {
        List<String> args = new ArrayList<>(List.of(
                "verify",
                "--bootstrap-servers",
                KAFKA.bootstrapServers(),
                "--batch-id",
                batch.plan.spec().batchId()));
        args.addAll(List.of(options));
        CommandLine commandLine = Backprocess.commandLine();
        commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commandLine.execute(args.toArray(String[]::new));
    }

    private static ProducerRecord<byte[], byte[]> seen(String topic, int partition, String eventId) {
        String value =
                "{\"eventId\":\"%s\",\"processVersion\":1,\"payload\":{\"actionType\":\"Seen\"}}".formatted(eventId);
        return new ProducerRecord<>(topic, partition, 1L, null, value.getBytes(StandardCharsets.UTF_8));
    }
}
