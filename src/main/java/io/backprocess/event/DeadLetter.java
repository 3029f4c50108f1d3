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

    /** A dead letter of an event of which nothing was thrown, at the first attempt. */
    public static DeadLetter of(Event event, String stage, Reason reason, String message) {
        return new DeadLetter(event.record(), stage, reason, message, null, null, 1, event.eventId());
    }

    /** The same of a record that has no event to be read. */
    public static DeadLetter of(SourceRecord record, String stage, Reason reason, String message) {
        return new DeadLetter(record, stage, reason, message, null, null, 1, null);
    }

    /** A dead letter of something that was thrown. */
    public static DeadLetter of(
            SourceRecord record,
            String stage,
            Reason reason,
            String message,
            Throwable thrown,
            int attempts,
            @Nullable String eventId) {
        return new DeadLetter(
                record,
                stage,
                reason,
                message,
                rootCause(thrown).getClass().getName(),
                trace(thrown),
                attempts,
                eventId);
    }

    /** What was thrown may be a user's own, hostile or just broken, and must not do more harm by being looked at. */
    private static Throwable rootCause(Throwable thrown) {
        Throwable root = thrown;
        try {
            // Bounded: it may be its own cause.
            for (int i = 0; i < 100 && root.getCause() != null; i++) {
                root = root.getCause();
            }
        } catch (RuntimeException | StackOverflowError e) {
            return root;
        }
        return root;
    }

    private static @Nullable String trace(Throwable thrown) {
        try {
            if (thrown.getStackTrace().length == 0) {
                return null;
            }
            StringWriter text = new StringWriter();
            thrown.printStackTrace(new PrintWriter(text, true));
            return text.toString();
        } catch (RuntimeException | StackOverflowError e) {
            return null;
        }
    }

    /** What was thrown in words: its class and message. */
    public static String describe(Throwable thrown) {
        try {
            return String.valueOf(thrown);
        } catch (RuntimeException | StackOverflowError e) {
            return thrown.getClass().getName();
        }
    }

    @Override
    public int partition() {
        return record.partition();
    }
}
