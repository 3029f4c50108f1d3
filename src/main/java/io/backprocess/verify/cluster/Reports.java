package io.backprocess.verify.cluster;

import java.util.ArrayList;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.runtime.operators.coordination.CoordinationResponse;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a command that asks how far a job has proven a batch.
 *
 * @param passed the number of source offsets that are done
 * @param subtasks the number of subtasks of the step
 * @param reported the number of reports
 * @param some some reports, in the order of partitions
 * @param failure the reason why the proof cannot end; null while it goes on
 */
record Reports(
        long passed,
        int subtasks,
        int reported,
        ArrayList<byte[]> some,
        @Nullable LaneFailure failure) implements CoordinationResponse {

    /**
     * Asks how far the proof is.
     *
     * @param skipped the number of reports that are left out, in the order of partitions
     */
    record Request(int skipped) implements CoordinationRequest {
        /** Asks for no report. */
        static final Request NONE = new Request(Integer.MAX_VALUE);
    }
}
