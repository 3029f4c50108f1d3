package io.backprocess.promote;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The move of a consumer group's offset to a batch's results, as the pointer keeps it for a rollback.
 *
 * @param before the offset that the group had committed, in the source or in the results of an earlier batch
 * @param after the offset in the batch's result topic, in the partition of the same number
 */
public record GroupMove(String group, int partition, Committed before, long after) {
    /** An offset as a group has committed it. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Committed(
            String topic,
            long offset,
            @Nullable Integer leaderEpoch,
            @Nullable String metadata) {
        static Committed of(String topic, OffsetAndMetadata offset) {
            return new Committed(topic, offset.offset(), offset.leaderEpoch().orElse(null), offset.metadata());
        }

        OffsetAndMetadata offsetAndMetadata() {
            return new OffsetAndMetadata(offset, Optional.ofNullable(leaderEpoch), metadata == null ? "" : metadata);
        }
    }

    /** Tells whether all parts are there. Any writer to the topic of aliases may have left one out. */
    boolean isWhole() {
        return group != null && before != null && before.topic != null;
    }
}
