package io.backprocess.ledger;

import io.backprocess.batch.Counts;
import java.io.Serializable;
import org.apache.flink.metrics.MetricGroup;

/** The access of the JobManager to a batch's ledger. */
public interface LedgerAccess extends Serializable {
    /** Counts what the batch has committed up to a checkpoint. It is called after a restore, and may block. */
    Counts committed(long upToCheckpoint);

    /** Shows what the batch has committed as metrics in a group of the JobManager, until the returned object is closed. */
    AutoCloseable metrics(MetricGroup group);
}
