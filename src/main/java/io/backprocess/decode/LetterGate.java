package io.backprocess.decode;

import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DeadLettersOf;
import io.backprocess.event.LetterFamily;
import io.backprocess.event.LetterFamily.Letter;
import io.backprocess.event.Skipped;
import io.backprocess.event.SourceRecord;
import java.io.Serializable;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Lets through those dead letters of another framework that the batch takes. */
public final class LetterGate implements Serializable {
    private static final long serialVersionUID = 1;

    /** The kind of letters that have failed too often. */
    public static final String ATTEMPTS_EXHAUSTED = "attempts-exhausted";

    private final DeadLettersOf letters;
    private final @Nullable String like;
    private final @Nullable Instant since;

    private LetterGate(DeadLettersOf letters) {
        this.letters = letters;
        this.like = letters.reasonLike() == null ? null : letters.reasonLike().toLowerCase(Locale.ROOT);
        this.since = letters.sinceInstant();
    }

    /** Returns the gate of a batch; null when its source is no topic of dead letters. */
    public static @Nullable LetterGate of(BatchSpec spec) {
        DeadLettersOf letters = spec.deadLettersOf();
        return letters == null ? null : new LetterGate(letters);
    }

    /** Tells whether the source of a batch is a topic of Backprocess's own dead letters. */
    public static boolean readsOwn(BatchSpec spec) {
        return spec.deadLettersOf() != null && spec.deadLettersOf().family() == LetterFamily.BACKPROCESS;
    }

    /** Says where the value of a letter is; null where the letter has it, or stands for a tombstone. */
    @Nullable
    String whereTheValueIs(SourceRecord record) {
        return letters.family().whereTheValueIs(record);
    }

    /** Returns why a letter is not taken; null when it is. */
    @Nullable
    Skipped judge(SourceRecord record) {
        Letter letter = letters.family().read(record);
        boolean selected =
                (like == null || letter.failure().toLowerCase(Locale.ROOT).contains(like))
                        && (since == null || !letter.failedAt().isBefore(since));
        if (!selected) {
            return new Skipped(record.partition(), Skipped.NOT_SELECTED);
        }
        return letters.maxAttempts() != null && letter.attempts() >= letters.maxAttempts()
                ? new Skipped(record.partition(), ATTEMPTS_EXHAUSTED)
                : null;
    }
}
