package io.backprocess.preview;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The records that would be dead letters at the same stage and for the same reason.
 *
 * @param different the number of different messages, counted up to 10 000
 * @param messages the messages, where they are few; otherwise empty
 */
public record DeadKind(
        String stage, String reason, long count, int different, List<Message> messages, List<Letter> examples) {

    public record Message(String text, long count) {}

    /**
     * @param eventId the record's eventId; null where the record is too damaged to have one
     * @param value the record's value, cut to a readable length; null where the record has none
     */
    public record Letter(
            String origin,
            @Nullable String eventId,
            String message,
            @Nullable String value) {}
}
