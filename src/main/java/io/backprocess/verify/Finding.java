package io.backprocess.verify;

import org.jspecify.annotations.Nullable;

/**
 * One error that a recount has found.
 *
 * @param topic the topic of the record that is wrong. If a record is missing, topic, partition and offset are those of its source
 *     record. For a finding about the ledger they are those of the source offsets that the ledger counts
 * @param offset the offset; null if the finding concerns the whole partition
 * @param message a sentence that says what is wrong
 */
public record Finding(
        FindingKind kind,
        String topic,
        int partition,
        @Nullable Long offset,
        String message) {

    @Override
    public String toString() {
        return offset == null
                ? "%s at %s/%d: %s".formatted(kind, topic, partition, message)
                : "%s at %s/%d/%d: %s".formatted(kind, topic, partition, offset, message);
    }
}
