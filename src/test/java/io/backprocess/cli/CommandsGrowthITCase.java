package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.testing.CountedClients;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.ManyBatches;
import io.backprocess.testing.ManyLetters;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Counts what commands ask of Kafka. {@link CommandsScale} measures the time and the memory that this takes. */
class CommandsGrowthITCase {
    private static final String NO_FLINK = "127.0.0.1:9";

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @TempDir
    private Path directory = Path.of("");

    private Path config = Path.of("");

    @BeforeEach
    void clientsThatCount() throws IOException {
        config = directory.resolve("counted.properties");
        Files.writeString(config, "metric.reporters=" + CountedClients.class.getName() + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dlq list", "dlq stats", "redrive"})
    void opensAsManyClientsForFortyPartitionsAsForFour(String command) {
        String few = letters(4);
        String many = letters(40);

        CountedClients.Work overFew = work(command, "--batch-id", few);
        CountedClients.Work overMany = work(command, "--batch-id", many);

        assertThat(overMany.clients()).isEqualTo(overFew.clients());
        assertThat(overMany.records() - overFew.records()).isBetween(36L * 5, 36L * 8);
    }

    @Test
    void reportOpensAsManyClientsForFortyPartitionsAsForFour() {
        String page = directory.resolve("report.html").toString();
        String few = letters(4);
        String many = letters(40);

        CountedClients.Work overFew = work("report", "--batch-id", few, "--out", page, "--force", "--flink", NO_FLINK);
        CountedClients.Work overMany =
                work("report", "--batch-id", many, "--out", page, "--force", "--flink", NO_FLINK);

        assertThat(overMany.clients()).isEqualTo(overFew.clients());
    }

    /** A command that names one batch reads the topics that it shares with others once, and none of the others' own topics. */
    @Nightly
    @Test
    void readsNoMoreThanTheBatchesAddToItsTopics() {
        ManyBatches batches = new ManyBatches(KAFKA, KAFKA.unique("growth"));
        long added = 500L * (2 + 8 * 12);
        String first = batches.write(500, 8, 12);
        CountedClients.Work all = work("batches", "--flink", NO_FLINK);
        CountedClients.Work one = work("status", "--batch-id", first, "--flink", NO_FLINK);
        String last = batches.write(500, 8, 12);

        CountedClients.Work allOfMore = work("batches", "--flink", NO_FLINK);
        CountedClients.Work lastOfMore = work("status", "--batch-id", last, "--flink", NO_FLINK);

        // Plans and marks are read once each, lines once, and at most a quarter of them again in search of summaries.
        assertThat(allOfMore.records() - all.records()).isLessThan(added * 5 / 4 + 2 * 500 * 2);
        assertThat(allOfMore.clients()).isEqualTo(all.clients());
        assertThat(allOfMore.requests() - all.requests()).isLessThan(64 * 6);
        // Plans and settings are in one topic. Of the ledger, it reads the lines of its batch.
        assertThat(lastOfMore.records() - one.records()).isBetween(1L, 2 * 2 * 500L);
        assertThat(lastOfMore.clients()).isEqualTo(one.clients());
    }

    private static String letters(int partitions) {
        return new ManyLetters(KAFKA)
                .write(ManyLetters.Kind.EXHAUSTED, partitions, partitions * 5, 0)
                .spec()
                .batchId();
    }

    private CountedClients.Work work(String command, String... options) {
        List<String> args = new ArrayList<>(List.of(command.split(" ")));
        args.addAll(List.of(options));
        args.addAll(List.of("--command-config", config.toString()));
        CountedClients.reset();
        new Shell(KAFKA).backprocess(args.toArray(String[]::new)).succeeds();
        return CountedClients.work();
    }
}
