package io.backprocess.read;

/** The right of one start of a batch to commit. A later start takes it over. Several threads use it. */
public interface BatchLease extends AutoCloseable {
    String batchId();

    /**
     * Claims the batch at the first call. Every later call proves that no other start has claimed it since.
     *
     * @throws org.apache.flink.runtime.execution.SuppressRestartsException when another start has claimed it, which is final
     * @throws IllegalStateException when Kafka cannot say now who owns the batch
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
