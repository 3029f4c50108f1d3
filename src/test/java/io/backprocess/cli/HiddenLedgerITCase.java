package io.backprocess.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.TopicNames;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.PlanStore;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import io.backprocess.testing.TestBatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Batches share the partitions of the ledger: another one's transaction hangs where the end of this one is to be read. */
class HiddenLedgerITCase {
    private static final String HOLDER = "backprocess.another-batch.results-0-7";
    private static final String HIDDEN = "is hidden by transaction " + HOLDER;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final Shell SHELL = new Shell(KAFKA);
    private static final String NO_FLINK = "127.0.0.1:1";

    private final String batch = KAFKA.unique("hidden");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    private @Nullable KafkaProducer<byte[], byte[]> hanging;

    @Nightly
    @Test
    void saysThatItCannotTellAndWhoHidesTheEndAndIsRightOnceItIsGone() throws Exception {
        String topic = SHELL.sample(20);
        FaultyPurchaseSplit.fails = event -> {
            hang();
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
            Shell.Answer verify = answer(asked.get(0));
            assertThat(verify.exitCode()).isEqualTo(5);
            assertThat(verify.out()).contains(HIDDEN);
            answer(asked.get(1)).says(5, HIDDEN);
            answer(asked.get(2)).says(5, HIDDEN);
            answer(asked.get(3)).says(5, HIDDEN);
            assertThat(answer(asked.get(4)).exitCode()).isEqualTo(5);
            JsonNode status = answer(asked.get(4)).json();
            assertThat(status.path("state").asText()).isEqualTo("running");
            assertThat(status.at("/ledgerHidden/transactionalId").asText()).isEqualTo(HOLDER);
            assertThat(status.at("/ledgerHidden/since").asText()).startsWith("20");
            assertThat(answer(asked.get(5)).succeeds().out()).contains("%s is running, not recounted".formatted(batch));
            assertThat(Files.readString(page())).contains(HIDDEN);
            Shell.Answer batches = command("batches");
            assertThat(batches.out().lines().filter(line -> line.startsWith(batch + " ")))
                    .singleElement()
                    .asString()
                    .contains("running");
            assertThat(batches.err()).contains(HIDDEN);
        } finally {
            FaultyPurchaseSplit.fails = event -> false;
            letGo();
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
                    case "report" -> List.of("--out", page().toString());
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

    private static Shell.Answer answer(CompletableFuture<Shell.Answer> asked) throws Exception {
        return asked.get(90, TimeUnit.SECONDS);
    }

    private Path page() {
        return directory.resolve(batch + ".html");
    }

    private long resultsOf(String topic) {
        return KAFKA.exists(topic + "." + batch)
                ? KAFKA.read(topic + "." + batch).size()
                : 0;
    }

    /** Once, whichever subtask asks first. */
    private synchronized void hang() {
        if (hanging != null) {
            return;
        }
        int partition;
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            partition = new PlanStore(admin).get(batch).ledger().partition();
        }
        hanging = KAFKA.begin(
                HOLDER,
                List.of(new ProducerRecord<>(
                        TopicNames.LEDGER, partition, "another-batch/0".getBytes(UTF_8), "{}".getBytes(UTF_8))));
    }

    private synchronized void letGo() {
        if (hanging != null) {
            hanging.abortTransaction();
            hanging.close();
        }
    }
}
