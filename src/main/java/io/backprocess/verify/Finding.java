package io.backprocess.verify;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is not as it must be.
 *
 * @param topic with partition and offset the record that is wrong; where something is missing, the source record that it is
 *     missing for; in what concerns the ledger, the source offsets that it counts
 * @param offset null where it concerns the whole partition
 * @param message what is wrong, in words
 */
public record Finding(
        Kind kind, String topic, int partition, @Nullable Long offset, String message) {

    /** A closed list: programs may select by these words. */
    public enum Kind {
        /** A source record's result is not on the topic. */
        MISSING_RESULT,
        /** A result that no source record stands for: a second copy, or somebody else's. */
        UNEXPECTED_RESULT,
        /** A result whose key, value, timestamp or headers are not what they must be. */
        ALTERED_RESULT,
        /** A result that does not stand where its source record's place puts it. */
        OUT_OF_ORDER_RESULT,
        MISSING_DEAD_LETTER,
        UNEXPECTED_DEAD_LETTER,
        ALTERED_DEAD_LETTER,
        OUT_OF_ORDER_DEAD_LETTER,
        /** Source offsets that no ledger line counts although later ones, or their results, are there. */
        LEDGER_GAP,
        /** Source offsets that more than one ledger line counts. */
        LEDGER_OVERLAP,
        /** The ledger's figures are not the recounted ones. */
        LEDGER_MISMATCH,
        /** Not given any more: that the source range is gone is {@link Unknown}, and not wrong. The word stays taken. */
        UNREADABLE_SOURCE;

        private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

        public boolean isOfTheLedger() {
            return this == LEDGER_GAP || this == LEDGER_OVERLAP || this == LEDGER_MISMATCH;
        }

        /** The word on the command line and in JSON: {@code missing-result}. */
        @Override
        @JsonValue
        public String toString() {
            return word;
        }
    }

    @Override
    public String toString() {
        return offset == null
                ? "%s at %s/%d: %s".formatted(kind, topic, partition, message)
                : "%s at %s/%d/%d: %s".formatted(kind, topic, partition, offset, message);
    }
}
