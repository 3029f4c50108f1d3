package io.backprocess.verify.cluster;

import java.util.ArrayList;
import org.apache.flink.runtime.operators.coordination.CoordinationRequest;
import org.apache.flink.runtime.operators.coordination.CoordinationResponse;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a command that asks how far a job has proven a batch.
 *
 * @param passed the number of source offsets that are done
 * @param next reports that the command does not have yet, a limited number at a time
 * @param failure the reason why the proof cannot end; null while it goes on
 */
record Reports(
        long passed, ArrayList<byte[]> next, @Nullable LaneFailure failure) implements CoordinationResponse {

    /**
     * Asks for reports.
     *
     * @param known the number of reports that the command has
     */
    record Request(int known) implements CoordinationRequest {}
}
