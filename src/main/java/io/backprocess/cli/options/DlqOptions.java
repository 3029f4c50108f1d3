package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.status.DeadLetterScan;
import io.backprocess.status.ListedDeadLetter;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that the commands for reading dead letters share. */
public final class DlqOptions {
    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private BatchOption batch = new BatchOption();

    @Mixin
    private DeadLetterOptions deadLetters = new DeadLetterOptions();

    @Option(names = "--all", description = "Include dead letters that were redriven.")
    private boolean all;

    @Mixin
    private OutputOption output = new OutputOption();

    public boolean isJson() {
        return output.isJson();
    }

    public boolean isAll() {
        return all;
    }

    public String batchId() {
        return batch.id();
    }

    public KafkaClients kafka() {
        return connection.kafka();
    }

    /** Reads the batch's plan. */
    public BatchPlan plan() {
        return batch.planWithTopics(connection.kafka());
    }

    public DeadLetterScan scan(@Nullable Integer partition, Predicate<ListedDeadLetter> further) {
        var filter = deadLetters.filter();
        return new DeadLetterScan(
                plan(),
                connection.kafka(),
                partition,
                letter -> (all || !letter.redriven()) && filter.fits(letter.letter()) && further.test(letter));
    }

    public static void checkLimit(int limit) {
        if (limit < 1) {
            throw BatchException.usage("--limit %d is less than one".formatted(limit));
        }
    }
}
