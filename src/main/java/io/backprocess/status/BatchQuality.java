package io.backprocess.status;

import io.backprocess.batch.BatchSettings;
import io.backprocess.batch.Counts;
import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.Figures;
import io.backprocess.render.Table;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The quality of a completed batch. A batch that accounts for every record can still be bad: all its records may be dead
 * letters, or none may have become a result.
 *
 * @param read the number of records read, without those outside an exact time range
 * @param deadLetters the number of dead letters now; redriven ones are not counted
 * @param maxRatio the share of the records read that may be dead letters, from 0 to 1; it applies to any number of records
 */
public record BatchQuality(
        long read, long skipped, long duplicates, long deadLetters, long taken, long results, double maxRatio) {

    /** The reason why a completed batch is not good. JSON holds it as one word. */
    public enum Concern {
        /** The batch has more dead letters than allowed. */
        DEAD_LETTERS,
        /** The batch read records but wrote no result. */
        NO_RESULTS,
        /** The range has no record. */
        NOTHING_READ;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Returns the share of dead letters that the batch tolerates, from 0 to 1. It is in its settings, or else the default. */
    public static double toleratedRatio(@Nullable BatchSettings told) {
        return told == null || told.dlqLimits().ratio() == null
                ? DeadLetterLimits.DEFAULT.maxRatio()
                : told.dlqLimits().ratio();
    }

    public static BatchQuality of(Counts counts, double maxRatio) {
        return new BatchQuality(
                counts.inRange(),
                counts.skipped(),
                counts.duplicates(),
                counts.deadLetters(),
                counts.taken(),
                counts.results(),
                maxRatio);
    }

    public static BatchQuality of(Figures figures, double maxRatio) {
        return new BatchQuality(
                figures.read() - figures.outside(),
                figures.skipped(),
                figures.duplicates(),
                figures.deadLetters(),
                figures.taken(),
                figures.results(),
                maxRatio);
    }

    public Optional<Concern> concern() {
        if (read == 0) {
            return Optional.of(Concern.NOTHING_READ);
        }
        if (isTooDead()) {
            return Optional.of(Concern.DEAD_LETTERS);
        }
        return results == 0 ? Optional.of(Concern.NO_RESULTS) : Optional.empty();
    }

    public boolean isTooDead() {
        return deadLetters > maxRatio * read;
    }

    /** Tells whether the batch wrote no result. */
    public boolean isEmpty() {
        return results == 0;
    }

    /** Tells whether the batch is good enough for a user who explicitly accepts dead letters. */
    public boolean isExcusedByDeadLetters() {
        return concern().filter(concern -> concern == Concern.DEAD_LETTERS).isPresent()
                || (isEmpty() && deadLetters > 0);
    }

    /** Returns the concern in words. */
    public String sentence() {
        return switch (concern().orElseThrow()) {
            case NOTHING_READ -> "no record was read: the range is empty, or retention has deleted all its records";
            case DEAD_LETTERS ->
                "%s, more than --max-dlq-ratio %s allows"
                        .formatted(share(), BigDecimal.valueOf(maxRatio).toPlainString());
            case NO_RESULTS ->
                "%s records were read and gave no result: %s skipped, %s duplicates, %s dead letters, %s taken by the revision"
                        .formatted(
                                Table.text(read),
                                Table.text(skipped),
                                Table.text(duplicates),
                                Table.text(deadLetters),
                                Table.text(taken));
        };
    }

    private String share() {
        return "%s of %s records (%s) are dead letters"
                .formatted(Table.text(deadLetters), Table.text(read), Table.percent(100.0 * deadLetters / read));
    }
}
