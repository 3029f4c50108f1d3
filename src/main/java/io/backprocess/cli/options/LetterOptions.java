package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.DeadLettersOf;
import io.backprocess.event.LetterFamily;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for a source that is a topic of dead letters. */
public final class LetterOptions {
    @Option(
            names = "--dead-letters-of",
            paramLabel = "spring|connect|streams|share|backprocess",
            description = {
                "The source is a topic of dead letters of this framework. Results lose the headers that describe the failure, and",
                "say the record that failed first in backprocess.first-source (docs/dead-letter-topics.md)."
            })
    private @Nullable String family;

    @Option(
            names = "--max-attempts",
            paramLabel = "N",
            description = "With --dead-letters-of: skip letters that have failed N times or more, over all replays.")
    private @Nullable Integer maxAttempts;

    @Option(
            names = "--reason-like",
            paramLabel = "TEXT",
            description =
                    "With --dead-letters-of: take only letters whose exception class or message contains the text.")
    private @Nullable String reasonLike;

    @Option(
            names = "--since",
            paramLabel = "INSTANT",
            description = {
                "With --dead-letters-of: take only letters that failed at or after the instant. Letters of connect, streams and",
                "backprocess do not say when they failed; the time of their record counts."
            })
    private @Nullable String since;

    /** Returns the letters that the batch takes; null for a topic of events. */
    @Nullable
    DeadLettersOf deadLettersOf() {
        if (family == null) {
            if (maxAttempts != null || reasonLike != null || since != null) {
                throw BatchException.usage(
                        "--max-attempts, --reason-like and --since select dead letters; add --dead-letters-of");
            }
            return null;
        }
        return new DeadLettersOf(
                SpecOptions.word(LetterFamily.class, "--dead-letters-of", family), maxAttempts, reasonLike, since);
    }
}
