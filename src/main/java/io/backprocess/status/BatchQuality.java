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
 * What a completed batch came to. That every record is accounted for does not make it good: all of them may be dead letters, or none
 * may have become a result.
 *
 * @param read records, without those outside of an exact range of times
 * @param deadLetters that are dead now: what was redriven is not any more
 * @param maxRatio of the records read that may be dead letters, however few there are
 */
public record BatchQuality(
        long read, long skipped, long duplicates, long deadLetters, long taken, long results, double maxRatio) {

    /** What there is to say against it; in JSON a word. */
    public enum Concern {
        /** More dead letters than allowed. */
        DEAD_LETTERS,
        /** Records were read, and no result came of them. */
        NO_RESULTS,
        /** The range has no record. */
        NOTHING_READ;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** The share of dead letters that the batch's starts were told to tolerate, or that by default. */
    public static double toleratedRatio(@Nullable BatchSettings told) {
        return told == null || told.maxDlqRatio() == null ? DeadLetterLimits.DEFAULT.maxRatio() : told.maxDlqRatio();
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

    /** Whether the result topic got nothing. */
    public boolean isEmpty() {
        return results == 0;
    }

    /** Whether it is good enough for who accepts dead letters by name. */
    public boolean isExcusedByDeadLetters() {
        return concern().filter(concern -> concern == Concern.DEAD_LETTERS).isPresent()
                || (isEmpty() && deadLetters > 0);
    }

    /** The concern in words. */
    public String sentence() {
        return switch (concern().orElseThrow()) {
            case NOTHING_READ -> "no record was read: the range has none, or retention has deleted them all";
            case DEAD_LETTERS ->
                "%s, more than --max-dlq-ratio %s allows"
                        .formatted(share(), BigDecimal.valueOf(maxRatio).toPlainString());
            case NO_RESULTS ->
                "%s records were read, and no result came of them: %s skipped, %s duplicates, %s dead letters, %s taken by the revision"
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
