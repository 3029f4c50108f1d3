package io.backprocess.read;

/** The right of one start of a batch to commit, which a later start takes over. Used by several threads. */
public interface BatchLease extends AutoCloseable {
    String batchId();

    /**
     * Claims the batch at the first call, and proves at every further one that nobody else has since.
     *
     * @throws org.apache.flink.runtime.execution.SuppressRestartsException when somebody has; there is no way back
     * @throws IllegalStateException when that cannot be told now
     */
    void prove();

    @Override
    void close();

    static BatchLease of(String batchId, Runnable prove, Runnable close) {
        return new BatchLease() {
            @Override
            public String batchId() {
                return batchId;
            }

            @Override
            public void prove() {
                prove.run();
            }

            @Override
            public void close() {
                close.run();
            }
        };
    }
}
