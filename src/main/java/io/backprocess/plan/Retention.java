package io.backprocess.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The time when Kafka may delete what a batch has not read yet. Kafka deletes whole segments, and by age only those whose
 * newest record is too old. So the deletion may come later, never earlier.
 *
 * @param expiresAt when the oldest unread record expires; null when none expires by age
 * @param partition the partition of that record, or else the partition that is nearest to its limit in bytes; null when there
 *     is neither
 * @param bytesUntilDeleted the bytes that may still be written to the fullest partition before its oldest records are
 *     deleted; null when size does not matter or cannot be read
 * @param warning null while the batch is expected to finish in time
 * @param note what could not be found out; null when everything could
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Retention(
        @Nullable Instant expiresAt,
        @Nullable Integer partition,
        @Nullable Long bytesUntilDeleted,
        @Nullable String warning,
        @Nullable String note) {}
