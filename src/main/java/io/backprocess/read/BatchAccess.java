package io.backprocess.read;

import java.io.Serializable;

/** What the source needs to know of its batch, from Kafka. */
public interface BatchAccess extends Serializable {
    /**
     * Checks, in every process that the source runs in, that Kafka's clients find what their properties refer to.
     *
     * @throws org.apache.flink.runtime.execution.SuppressRestartsException when they do not
     */
    void checkClient();

    /** Tells up to which offset the batch has committed each partition; asked for at every start, and may wait. */
    Committed committed();

    /** By which this start owns the batch. */
    BatchLease lease();

    /** Over the source topic, a new one for every start. */
    SourceWatch watch();
}
