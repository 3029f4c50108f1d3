package io.backprocess.control;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
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
 * @param verdict the batch's last verdict, for a batch that was retired after it was proven; null otherwise
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record BatchMark(
        Action kind,
        @Nullable String jobId,
        @Nullable String checkpoints,
        @Nullable String savepoint,
        Instant at,
        String by,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Pausing pausing,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String verdict) {

    /** The action. */
    public enum Action {
        /** A job was submitted. */
        STARTED,
        /** The job was stopped with a savepoint, and everything up to it is committed. */
        PAUSED,
        /** The batch was given up and can never run again. */
        ABANDONED,
        /** The batch's topics were deleted, so it can never run again. */
        RETIRED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
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

    public BatchMark(
            Action kind,
            @Nullable String jobId,
            @Nullable String checkpoints,
            @Nullable String savepoint,
            Instant at,
            String by,
            @Nullable Pausing pausing) {
        this(kind, jobId, checkpoints, savepoint, at, by, pausing, null);
    }

    /**
     * Returns the mark of a batch that can never run again. What the earlier mark says about its last job stays.
     *
     * @param verdict the batch's last verdict; null if it is not known
     */
    public static BatchMark ended(Action kind, Optional<BatchMark> before, String by, @Nullable String verdict) {
        return new BatchMark(
                kind,
                before.map(BatchMark::jobId).orElse(null),
                before.map(BatchMark::checkpoints).orElse(null),
                before.map(BatchMark::savepoint).orElse(null),
                Instant.now(),
                by,
                null,
                verdict);
    }

    public BatchMark {
        if (kind == null || at == null || by == null) {
            throw new IllegalArgumentException("kind, at or by is missing");
        }
        if (kind == Action.PAUSED && savepoint == null) {
            throw new IllegalArgumentException("paused without a savepoint");
        }
    }

    /** Tells whether the batch can never run again. */
    @JsonIgnore
    public boolean isFinal() {
        return kind == Action.ABANDONED || kind == Action.RETIRED;
    }

    @JsonIgnore
    public boolean isRetired() {
        return kind == Action.RETIRED;
    }

    /** Says what was done, by whom and when: {@code abandoned by ana at 2026-01-31T10:00:00Z}. */
    public String inWords() {
        return "%s by %s at %s".formatted(kind, by, at);
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
