package io.backprocess.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When Kafka may delete what a batch has not read yet. Kafka deletes whole segments, and one by age only when its newest record
 * is too old: it may be later, never earlier.
 *
 * @param expiresAt of the oldest unread record, null where none expires by age
 * @param partition that it is in, or else the one that is nearest to its limit in bytes; null where there is neither
 * @param bytesUntilDeleted that may still be written to the fullest partition before its oldest records go; null where size does
 *     not matter or may not be asked for
 * @param warning null while the batch is expected to be done in time
 * @param note what could not be found out, null when all could
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Retention(
        @Nullable Instant expiresAt,
        @Nullable Integer partition,
        @Nullable Long bytesUntilDeleted,
        @Nullable String warning,
        @Nullable String note) {}
