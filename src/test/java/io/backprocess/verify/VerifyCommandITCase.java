package io.backprocess.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.Backprocess;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.PlanStore;
import io.backprocess.testing.KafkaBroker;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import picocli.CommandLine;

class VerifyCommandITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static String source = "";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void aHistory() {
        source = KAFKA.unique("orders");
        KAFKA.createTopic(source, 2, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            String value =
                    "{\"eventId\":\"e-%d\",\"processVersion\":1,\"payload\":{\"actionType\":\"Viewed\"}}".formatted(i);
            records.add(new ProducerRecord<>(source, i % 2, 1L, null, value.getBytes(StandardCharsets.UTF_8)));
        }
        KAFKA.send(records);
    }

    @Test
    void aCompleteBatchEndsWithZeroAndOneVerdictLine() {
        WrittenBatch batch = stored().write();

        int code = run("--batch-id", batch.plan.spec().batchId());

        assertThat(code).as(err.toString()).isZero();
        assertThat(out.toString().lines())
                .contains("total      1 500        0           0             0  1 500    1 500")
                .last()
                .asString()
                .isEqualTo(
                        "%s is complete: each of 1 500 records is accounted for, nothing is missing, nothing is"
                                + " doubled within a partition",
                        batch.plan.spec().batchId());
    }

    @Test
    void aWrongBatchEndsWithOneAndItsFindings() {
        WrittenBatch batch = stored();
        batch.results.get(1).subList(100, 130).clear();

        int code = run("--batch-id", batch.write().plan.spec().batchId());

        assertThat(code).isEqualTo(1);
        assertThat(out.toString().lines())
                .contains(
                        "missing-result at %s/1/100: its result is not on %s-1".formatted(source, batch.resultTopic()))
                .contains("… and 10 more")
                .anyMatch(line -> line.startsWith("1 ") && line.endsWith("750 (topic 720)"))
                .last()
                .asString()
                .isEqualTo(batch.plan.spec().batchId() + " is wrong: 30 findings");
    }

    @Test
    void printsJson() throws Exception {
        WrittenBatch batch = stored();
        batch.results.get(1).remove(100);

        int code = run("--batch-id", batch.write().plan.spec().batchId(), "--output", "json");

        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(code).isEqualTo(1);
        assertThat(json.get("verdict").asText()).isEqualTo("wrong");
        assertThat(json.get("partitions")).hasSize(2);
        assertThat(json.at("/partitions/1/recounted/results").asLong()).isEqualTo(750);
        assertThat(json.at("/partitions/1/ledger/results").asLong()).isEqualTo(750);
        assertThat(json.at("/partitions/1/resultsOnTopic").asLong()).isEqualTo(749);
        assertThat(json.at("/findings/0/kind").asText()).isEqualTo("missing-result");
        assertThat(json.at("/findings/0/topic").asText()).isEqualTo(source);
        assertThat(json.at("/findings/0/partition").asInt()).isEqualTo(1);
        assertThat(json.at("/findings/0/offset").asLong()).isEqualTo(100);
    }

    @Test
    void whatCannotBeToldEndsWithFive() throws Exception {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        byte[] value = "{\"eventId\":\"e\",\"processVersion\":1,\"payload\":{}}".getBytes(StandardCharsets.UTF_8);
        KAFKA.send(List.of(new ProducerRecord<>(topic, 0, null, value), new ProducerRecord<>(topic, 0, null, value)));
        WrittenBatch batch = stored(topic).write();
        KAFKA.deleteRecordsBefore(topic, 0, 1);

        int json = run("--batch-id", batch.plan.spec().batchId(), "--output", "json");

        assertThat(json).as(err.toString()).isEqualTo(5);
        JsonNode document = new ObjectMapper().readTree(out.toString());
        assertThat(document.get("verdict").asText()).isEqualTo("cannot-tell");
        assertThat(document.get("findings")).isEmpty();
        assertThat(document.at("/unknown/0/topic").asText()).isEqualTo(topic);
        assertThat(document.at("/unknown/0/partition").asInt()).isZero();
        assertThat(document.at("/unknown/0/from").asLong()).isZero();
        assertThat(document.at("/unknown/0/to").asLong()).isPositive();
        assertThat(document.at("/unknown/0/why").asText()).contains("have been deleted");
        out.getBuffer().setLength(0);
        assertThat(run("--batch-id", batch.plan.spec().batchId())).isEqualTo(5);
        assertThat(out.toString()).contains("cannot tell at " + topic + "/0/0").contains("cannot tell whether");
    }

    private static WrittenBatch stored() {
        return stored(source);
    }

    private static WrittenBatch stored(String source) {
        WrittenBatch batch = WrittenBatch.of(KAFKA, source, DedupeScope.PARTITION, ResultHeaders.ORIGIN);
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            new PlanStore(admin).put(batch.plan);
        }
        return batch;
    }

    private int run(String... options) {
        List<String> args = new ArrayList<>(List.of("verify", "--bootstrap-servers", KAFKA.bootstrapServers()));
        args.addAll(List.of(options));
        CommandLine commandLine = Backprocess.commandLine();
        commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commandLine.execute(args.toArray(String[]::new));
    }
}
