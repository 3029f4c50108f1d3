package io.backprocess.promote;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * The move of a group's offset in one partition, as a line of the table that {@code promote --group} shows.
 *
 * @param topic the topic in which the group had committed it: the source, or the results of an earlier batch
 * @param origin the source offset that it stands for: the next one that the group has not read
 * @param between the offsets of results between the new offset and the place up to which the batch is proven
 * @param lagBefore the offsets between the old offset and the end of its topic
 * @param lagAfter the offsets between the new offset and the end of the result topic
 * @param unseen the source records that are not in the range of a batch with an end, and that the group would not see
 */
public record MovedOffset(
        String group,
        int partition,
        String topic,
        long oldOffset,
        long origin,
        long newOffset,
        long between,
        long lagBefore,
        long lagAfter,
        long unseen,
        @JsonIgnore GroupMove move) {}
