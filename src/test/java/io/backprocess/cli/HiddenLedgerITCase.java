package io.backprocess.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.plan.KafkaAdmin;
import io.backprocess.plan.PlanStore;
import io.backprocess.plan.Topics;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import io.backprocess.testing.TestBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Batches share the partitions of the ledger: another one's transaction hangs where the end of this one is to be read. */
class HiddenLedgerITCase {
    private static final String HOLDER = "backprocess.another-batch.results-0-7";
    private static final String HIDDEN = "is hidden by transaction " + HOLDER;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final Shell SHELL = new Shell(KAFKA);
    private static final String NO_FLINK = "127.0.0.1:1";

    private final String batch = KAFKA.unique("hidden");

    @Test
    void saysThatItCannotTellAndWhoHidesTheEndAndIsRightOnceItIsGone() throws Exception {
        String topic = SHELL.sample(20);
        AtomicReference<KafkaProducer<byte[], byte[]>> hanging = new AtomicReference<>();
        FaultyPurchaseSplit.fails = event -> {
            if (hanging.get() == null) {
                hanging.set(hang());
            }
            return false;
        };
        try {
            CompletableFuture<Shell.Answer> run = CompletableFuture.supplyAsync(() -> run(topic));
            TestBatch.await("results behind the hanging transaction", () -> resultsOf(topic) > 0);

            // Each waits some seconds, so all at once.
            List<CompletableFuture<Shell.Answer>> asked = new ArrayList<>();
            for (String command : List.of("verify", "abandon", "resume", "redrive", "status", "report")) {
                asked.add(CompletableFuture.supplyAsync(() -> ask(command)));
            }
            run.get(90, TimeUnit.SECONDS).says(5, "cannot tell yet whether the batch is complete");
            assertThat(run.get().err())
                    .contains(HIDDEN, "by batch 'another-batch'")
                    .doesNotContain("\tat ");
            Shell.Answer verify = asked.get(0).get();
            assertThat(verify.exitCode()).isEqualTo(5);
            assertThat(verify.out()).contains(HIDDEN);
            asked.get(1).get().says(5, HIDDEN);
            asked.get(2).get().says(5, HIDDEN);
            asked.get(3).get().says(5, HIDDEN);
            JsonNode status = asked.get(4).get().json();
            assertThat(asked.get(4).get().exitCode()).isEqualTo(5);
            assertThat(status.path("state").asText()).isEqualTo("running");
            assertThat(status.at("/ledgerHidden/transactionalId").asText()).isEqualTo(HOLDER);
            assertThat(status.at("/ledgerHidden/since").asText()).startsWith("20");
            Shell.Answer batches = command("batches");
            assertThat(batches.out().lines().filter(line -> line.startsWith(batch + " ")))
                    .singleElement()
                    .asString()
                    .contains("running");
            assertThat(batches.err()).contains(HIDDEN);
        } finally {
            FaultyPurchaseSplit.fails = event -> false;
            if (hanging.get() != null) {
                hanging.get().abortTransaction();
                hanging.get().close();
            }
        }

        TestBatch.await("the end to be seen", () -> ask("status").exitCode() == 0);
        assertThat(run(topic).succeeds().out()).contains("is completed already; nothing is written");
        assertThat(ask("verify").exitCode()).isZero();
        ask("abandon").says(4, "is completed and cannot be abandoned");
    }

    private Shell.Answer run(String topic) {
        return SHELL.run(topic, batch, "--revision", "purchase-split-with-faults");
    }

    private Shell.Answer ask(String command) {
        List<String> further =
                switch (command) {
                    case "status" -> List.of("--expect", "completed", "--output", "json");
                    case "report" -> List.of("--out", System.getProperty("java.io.tmpdir") + "/" + batch + ".html");
                    default -> List.of();
                };
        List<String> args = new ArrayList<>(List.of(command, "--batch-id", batch));
        if (!List.of("verify", "redrive").contains(command)) {
            args.addAll(List.of("--flink", NO_FLINK));
        }
        args.addAll(further);
        return command(args.toArray(String[]::new));
    }

    private static Shell.Answer command(String... args) {
        List<String> all = new ArrayList<>(Arrays.asList(args));
        if (args[0].equals("batches")) {
            all.addAll(List.of("--flink", NO_FLINK));
        }
        return SHELL.backprocess(all.toArray(String[]::new));
    }

    private long resultsOf(String topic) {
        return KAFKA.exists(topic + "." + batch)
                ? KAFKA.read(topic + "." + batch).size()
                : 0;
    }

    private KafkaProducer<byte[], byte[]> hang() {
        int partition;
        try (KafkaAdmin admin = new KafkaAdmin(KAFKA.properties())) {
            partition = new PlanStore(admin, KAFKA.properties()).get(batch).ledgerPartition();
        }
        Properties properties = KAFKA.properties();
        properties.setProperty(ProducerConfig.TRANSACTIONAL_ID_CONFIG, HOLDER);
        properties.setProperty(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "300000");
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        producer.initTransactions();
        producer.beginTransaction();
        var unused = producer.send(new ProducerRecord<>(
                Topics.LEDGER, partition, "another-batch/0".getBytes(UTF_8), "{}".getBytes(UTF_8)));
        producer.flush();
        return producer;
    }
}
