package io.backprocess.event;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/**
 * A record that could not be reprocessed, with the reason.
 *
 * @param record the source record, untouched
 * @param stage the step that gave the record up
 * @param message what was wrong, in words
 * @param exception the class name of the root cause; null where no exception was thrown
 * @param stackTrace the stack trace of the exception; null where no exception was thrown or it carries none
 * @param attempts how many times the record was tried
 * @param eventId the record's eventId; null where it could not be read
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

    /** Returns a dead letter of an event that failed at the first attempt without an exception. */
    public static DeadLetter of(Event event, String stage, Reason reason, String message) {
        return new DeadLetter(event.record(), stage, reason, message, null, null, 1, event.eventId());
    }

    /** Returns a dead letter of a record in which no event could be read. It failed at the first attempt without an exception. */
    public static DeadLetter of(SourceRecord record, String stage, Reason reason, String message) {
        return new DeadLetter(record, stage, reason, message, null, null, 1, null);
    }

    /** Returns a dead letter of a record for which an exception was thrown, with the exception's root cause and stack trace. */
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

    /**
     * Returns the exception's root cause. The exception may be a user's own class, hostile or broken, so that its methods may
     * throw.
     */
    private static Throwable rootCause(Throwable thrown) {
        Throwable root = thrown;
        try {
            // The loop is bounded because an exception may be its own cause.
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

    /**
     * Describes an exception by its class and message. It returns the class name alone where the exception's own methods throw.
     */
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
