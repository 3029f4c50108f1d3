package io.backprocess.status;

import io.backprocess.batch.BatchSettings;
import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.Figures;
import io.backprocess.render.Words;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The quality of a completed batch. A batch that accounts for every record can still be bad: all its records may be dead
 * letters, or none may have become a result.
 *
 * @param figures the outcomes of the batch's records; redriven dead letters are not among its dead letters
 * @param maxRatio the share of the records read that may be dead letters, from 0 to 1; it applies to any number of records
 */
public record BatchQuality(Figures figures, double maxRatio) {

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

    /** Returns the number of records read, without those outside an exact time range. */
    private long inRange() {
        return figures.read() - figures.outside();
    }

    public Optional<Concern> concern() {
        if (inRange() == 0) {
            return Optional.of(Concern.NOTHING_READ);
        }
        if (isTooDead()) {
            return Optional.of(Concern.DEAD_LETTERS);
        }
        return isEmpty() ? Optional.of(Concern.NO_RESULTS) : Optional.empty();
    }

    public boolean isTooDead() {
        return figures.deadLetters() > maxRatio * inRange();
    }

    /** Tells whether the batch wrote no result. */
    public boolean isEmpty() {
        return figures.results() == 0;
    }

    /** Tells whether the batch is good enough for a user who explicitly accepts dead letters. */
    public boolean isExcusedByDeadLetters() {
        return concern().filter(concern -> concern == Concern.DEAD_LETTERS).isPresent()
                || (isEmpty() && figures.deadLetters() > 0);
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
                                Words.count(inRange()),
                                Words.count(figures.skipped()),
                                Words.count(figures.duplicates()),
                                Words.count(figures.deadLetters()),
                                Words.count(figures.taken()));
        };
    }

    private String share() {
        return "%s of %s records (%s) are dead letters"
                .formatted(
                        Words.count(figures.deadLetters()),
                        Words.count(inRange()),
                        Words.percent(100.0 * figures.deadLetters() / inRange()));
    }
}
