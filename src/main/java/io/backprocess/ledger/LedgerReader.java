package io.backprocess.ledger;

import io.backprocess.event.OffsetRange;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.TopicPartition;

/** Reads what has been committed of a batch's ledger. */
public final class LedgerReader implements Serializable {
    private static final long serialVersionUID = 1;

    private final String batchId;
    private final ArrayList<OffsetRange> ranges;
    private final TopicPartition ledger;
    private final long start;
    private final Properties kafka;

    /**
     * @param ranges what the batch reads
     * @param ledger the partition that holds the batch's lines
     * @param start no line of the batch stands before this offset
     */
    public LedgerReader(String batchId, List<OffsetRange> ranges, TopicPartition ledger, long start, Properties kafka) {
        this.batchId = batchId;
        this.ranges = new ArrayList<>(ranges);
        this.ledger = ledger;
        this.start = start;
        this.kafka = kafka;
    }

    /** What is committed now. What stands behind a transaction that is still open, of whatever batch, is not seen. */
    public BatchLedger read() {
        try (LedgerFollower follower = follow()) {
            return follower.poll();
        }
    }

    /**
     * What is committed, once nothing that stands in the ledger now is behind an open transaction any more.
     *
     * @throws IllegalStateException when it still is after so long
     */
    public BatchLedger readSettled(Duration patience) {
        try (LedgerFollower follower = follow()) {
            return follower.pollSettled(patience);
        }
    }

    /** Reads now and goes on from there at every further look. */
    public LedgerFollower follow() {
        return new LedgerFollower(batchId, new BatchLedger(ranges), ledger, start, kafka);
    }

    /** The same without the lines themselves, for those who look for as long as the batch runs. */
    public LedgerFollower followFigures() {
        return new LedgerFollower(batchId, new BatchLedger(ranges, false), ledger, start, kafka);
    }
}
