package io.backprocess.preview;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records that would be dead letters of the same reason.
 *
 * @param different how many different messages there are; beyond 10 000 they are not counted
 * @param messages where they are few
 */
public record DeadKind(
        String stage, String reason, long count, int different, List<Message> messages, List<Letter> examples) {

    public record Message(String text, long count) {}

    /**
     * @param eventId null where the record is not readable enough to have one
     * @param value cut to a readable length; null where the record has none
     */
    public record Letter(
            String origin,
            @Nullable String eventId,
            String message,
            @Nullable String value) {}
}
