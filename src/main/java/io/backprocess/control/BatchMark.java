package io.backprocess.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an operator last did with a batch, as it stands in {@code backprocess.batches} under {@code <batch-id>/mark}. Flink
 * forgets its jobs; this stays.
 *
 * @param jobId of the Flink job that was started or paused
 * @param checkpoints the directory under which that job keeps its checkpoints, where it is known
 * @param savepoint what the job was started from, or paused into
 * @param pausing the pause that was begun of that job, and has not ended; what {@code pause} notes before it asks Flink for
 *     anything, so that whoever comes after it knows where the savepoint is
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record BatchMark(
        Kind kind,
        @Nullable String jobId,
        @Nullable String checkpoints,
        @Nullable String savepoint,
        Instant at,
        String by,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Pausing pausing) {

    /** What was done. */
    public enum Kind {
        /** A job was submitted. */
        STARTED,
        /** The job was stopped with a savepoint, and everything up to it is committed. */
        PAUSED,
        /** Given up for good. */
        ABANDONED
    }

    /**
     * A stop-with-savepoint that somebody is about to ask Flink for.
     *
     * @param directory below which the savepoint is written, null where Flink has to say it
     * @param trigger the id by which Flink knows the request
     */
    public record Pausing(@Nullable String directory, String trigger, Instant at, String by) {}

    public BatchMark(
            Kind kind,
            @Nullable String jobId,
            @Nullable String checkpoints,
            @Nullable String savepoint,
            Instant at,
            String by) {
        this(kind, jobId, checkpoints, savepoint, at, by, null);
    }

    public BatchMark {
        if (kind == null || at == null || by == null) {
            throw new IllegalArgumentException("kind, at or by is missing");
        }
        if (kind == Kind.PAUSED && savepoint == null) {
            throw new IllegalArgumentException("paused without a savepoint");
        }
    }
}
