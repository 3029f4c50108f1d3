package io.backprocess.cli;

import io.backprocess.plan.Retention;
import io.backprocess.render.Printable;
import io.backprocess.render.Words;

/** Describes a forecast of retention for people. */
final class RetentionText {
    private RetentionText() {}

    static String of(Retention retention) {
        StringBuilder text = new StringBuilder();
        if (retention.expiresAt() != null) {
            line(
                    text,
                    "retention",
                    "the oldest unread record (partition %d) expires at %s at the earliest"
                            .formatted(retention.partition(), retention.expiresAt()));
        }
        if (retention.bytesUntilDeleted() != null) {
            line(
                    text,
                    "retention",
                    "the oldest unread records are deleted after %s more bytes in a partition at the earliest"
                            .formatted(Words.count(retention.bytesUntilDeleted())));
        }
        if (retention.note() != null) {
            line(text, "retention", retention.note());
        } else if (text.isEmpty()) {
            line(text, "retention", "no unread record expires");
        }
        if (retention.warning() != null) {
            line(text, "warning", retention.warning());
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String head, String words) {
        text.append("%-9s %s%n".formatted(head, Printable.line(words)));
    }
}
