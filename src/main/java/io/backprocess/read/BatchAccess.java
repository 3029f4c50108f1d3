package io.backprocess.read;

import java.io.Serializable;

/** Gives the source what it needs to know about its batch, read from Kafka. */
public interface BatchAccess extends Serializable {
    /**
     * Checks, in every process that runs the source, that Kafka's clients find every file and class that their properties name.
     *
     * @throws org.apache.flink.runtime.execution.SuppressRestartsException when something is missing
     */
    void checkClient();

    /** Returns, by partition, the offsets up to which the batch has committed. Called at every start; it may wait for Kafka. */
    Committed committed();

    /** Returns the lease by which this start owns the batch. */
    BatchLease lease();

    /** Returns a watch over the source topic. Each start needs a new one. */
    SourceWatch watch();
}
