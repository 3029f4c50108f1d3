package io.backprocess.revise.operator;

import org.apache.flink.api.common.functions.AggregateFunction;

/** The aggregate that the JobManager keeps for the subtasks of a job: the last non-empty bytes that a subtask has sent. */
final class LatestValueCoordinator implements AggregateFunction<byte[], byte[], byte[]> {
    private static final long serialVersionUID = 1;

    @Override
    public byte[] createAccumulator() {
        return new byte[0];
    }

    @Override
    public byte[] add(byte[] told, byte[] kept) {
        return told.length == 0 ? kept : told;
    }

    @Override
    public byte[] getResult(byte[] kept) {
        return kept;
    }

    @Override
    public byte[] merge(byte[] one, byte[] other) {
        return add(one, other);
    }
}
