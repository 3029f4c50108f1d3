package io.backprocess.cli;

import io.backprocess.plan.BatchException;
import io.backprocess.plan.BatchPlan;
import java.util.Properties;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands share that look at dead letters. */
final class DlqOptions {
    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private BatchOption batch = new BatchOption();

    @Mixin
    private DeadLetterOptions deadLetters = new DeadLetterOptions();

    @Option(names = "--all", description = "Those too that were redriven.")
    private boolean all;

    @Mixin
    private OutputOption output = new OutputOption();

    boolean isJson() {
        return output.isJson();
    }

    boolean isAll() {
        return all;
    }

    String batchId() {
        return batch.id();
    }

    Properties kafka() {
        return connection.kafka();
    }

    DeadLetterScan scan(@Nullable Integer partition, Predicate<LookedAt> further) {
        Properties kafka = connection.kafka();
        var filter = deadLetters.filter();
        BatchPlan plan = batch.plan(kafka);
        return new DeadLetterScan(
                plan,
                kafka,
                partition,
                letter -> (all || !letter.redriven()) && filter.fits(letter.letter()) && further.test(letter));
    }

    static void checkLimit(int limit) {
        if (limit < 1) {
            throw BatchException.usage("--limit %d is less than one".formatted(limit));
        }
    }
}
