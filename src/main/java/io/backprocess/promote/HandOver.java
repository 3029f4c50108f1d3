package io.backprocess.promote;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * The place in one partition at which a consumer changes over from the topic that it has read to the results of a batch. What is
 * before {@code leave} there, and from {@code enter} on here, is each event exactly once.
 *
 * @param partition the partition, which has the same number in both topics
 * @param leave the first offset that is not to be read any more
 * @param enter the first offset to read
 * @param origin the offset of the source that both stand for; null in a pointer of an earlier version
 */
public record HandOver(
        int partition,
        Place leave,
        Place enter,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long origin) {
    /** An offset in a partition of a topic. */
    public record Place(String topic, long offset) {}

    /** Tells whether all parts are there. Any writer to the topic of aliases may have left one out. */
    boolean isWhole() {
        return leave != null && leave.topic != null && enter != null && enter.topic != null;
    }
}
