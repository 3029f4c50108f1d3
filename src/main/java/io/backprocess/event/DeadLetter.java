package io.backprocess.event;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/**
 * A record that could not be reprocessed, with the reason.
 *
 * @param record the source record, untouched
 * @param stage the step that gave it up
 * @param message what was wrong, in words
 * @param exception class name of the root cause, where something was thrown
 * @param stackTrace where something was thrown that says where
 * @param attempts how often it was tried
 * @param eventId where the record was readable enough to have one
 */
public record DeadLetter(
        SourceRecord record,
        String stage,
        Reason reason,
        String message,
        @Nullable String exception,
        @Nullable String stackTrace,
        int attempts,
        @Nullable String eventId)
        implements Outcome {

    /** A dead letter of something that was thrown. */
    public static DeadLetter of(
            SourceRecord record,
            String stage,
            Reason reason,
            String message,
            Throwable thrown,
            int attempts,
            @Nullable String eventId) {
        Throwable root = thrown;
        // Bounded: a hostile exception may be its own cause.
        for (int i = 0; i < 100 && root.getCause() != null; i++) {
            root = root.getCause();
        }
        String trace = null;
        if (thrown.getStackTrace().length > 0) {
            StringWriter text = new StringWriter();
            thrown.printStackTrace(new PrintWriter(text, true));
            trace = text.toString();
        }
        return new DeadLetter(record, stage, reason, message, root.getClass().getName(), trace, attempts, eventId);
    }

    @Override
    public int partition() {
        return record.partition();
    }
}
