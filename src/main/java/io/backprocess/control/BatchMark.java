package io.backprocess.control;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The last action of an operator on a batch, stored in {@code backprocess.batches} under {@code <batch-id>/mark}. Flink forgets
 * its jobs, but the mark stays.
 *
 * @param kind the action
 * @param jobId the id of the Flink job that was started or paused; null if there is none
 * @param checkpoints the directory under which that job keeps its checkpoints; null if it is not known
 * @param savepoint the savepoint from which the job was started, or into which it was paused; null if there is none
 * @param pausing a pause of that job that has begun and not ended; null if there is none. {@code pause} stores it before its
 *     first request to Flink, so that a later command knows where the savepoint is
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record BatchMark(
        Action kind,
        @Nullable String jobId,
        @Nullable String checkpoints,
        @Nullable String savepoint,
        Instant at,
        String by,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Pausing pausing) {

    /** The action. */
    public enum Action {
        /** A job was submitted. */
        STARTED,
        /** The job was stopped with a savepoint, and everything up to it is committed. */
        PAUSED,
        /** The batch was given up and can never run again. */
        ABANDONED
    }

    /**
     * A stop-with-savepoint that a command is about to request from Flink.
     *
     * @param directory the directory below which the savepoint is written; null if Flink chooses it
     * @param trigger the id by which Flink knows the request
     */
    public record Pausing(@Nullable String directory, String trigger, Instant at, String by) {}

    public BatchMark(
            Action kind,
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
        if (kind == Action.PAUSED && savepoint == null) {
            throw new IllegalArgumentException("paused without a savepoint");
        }
    }

    @JsonIgnore
    public boolean isAbandoned() {
        return kind == Action.ABANDONED;
    }

    /**
     * Tells whether this mark says that the batch is paused. A job that is younger than the paused one makes it out of date.
     *
     * @param youngestJob the id of the batch's youngest job; null if Flink knows none
     */
    public boolean isPauseOf(@Nullable String youngestJob) {
        return kind == Action.PAUSED && (youngestJob == null || youngestJob.equals(jobId));
    }
}
