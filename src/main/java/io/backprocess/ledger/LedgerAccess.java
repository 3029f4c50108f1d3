package io.backprocess.ledger;

import io.backprocess.batch.Counts;
import java.io.Serializable;
import org.apache.flink.metrics.MetricGroup;

/** What the JobManager is given of a batch's ledger. */
public interface LedgerAccess extends Serializable {
    /** Counts what the batch has committed up to a checkpoint; asked after a restore, and may wait. */
    Counts committed(long upToCheckpoint);

    /** Shows what the batch has committed in a group of the JobManager's, until it is closed. */
    AutoCloseable metrics(MetricGroup group);
}
