package io.backprocess.ledger;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.TopicNames;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Consumer;
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

    /** @param kafka client properties with the bootstrap servers */
    public static LedgerReader of(BatchPlan plan, Properties kafka) {
        return new LedgerReader(
                plan.spec().batchId(),
                plan.ranges(),
                new TopicPartition(TopicNames.LEDGER, plan.ledgerPartition()),
                plan.ledgerStart(),
                kafka);
    }

    /** What is committed now. What stands behind a transaction that is still open, of whatever batch, is not seen. */
    public BatchLedger read() {
        try (LedgerFollower follower = follow()) {
            return follower.poll();
        }
    }

    /** The same from the first line on, without summaries, and shows each line, in the order of the ledger. */
    public BatchLedger read(Consumer<BatchLedger.Commit> lines) {
        try (LedgerFollower follower = follow(lines)) {
            return follower.poll();
        }
    }

    /**
     * What is committed, once nothing that stands in the ledger now is behind an open transaction any more.
     *
     * @throws HiddenLedgerException when it still is after so long
     */
    public BatchLedger readSettled(Duration patience) {
        return readSettled(patience, Long.MAX_VALUE);
    }

    /** The same without what younger checkpoints have committed. */
    public BatchLedger readSettled(Duration patience, long upToCheckpoint) {
        try (LedgerFollower follower = follow(upToCheckpoint, line -> {}, false)) {
            return follower.pollSettled(patience);
        }
    }

    String batchId() {
        return batchId;
    }

    TopicPartition ledger() {
        return ledger;
    }

    Properties kafka() {
        return kafka;
    }

    /** Reads now and goes on from there at every further look. */
    public LedgerFollower follow() {
        return follow(Long.MAX_VALUE, line -> {}, false);
    }

    /** The same from the first line on, without summaries, and shows each line, in the order of the ledger. */
    public LedgerFollower follow(Consumer<BatchLedger.Commit> lines) {
        return follow(Long.MAX_VALUE, lines, true);
    }

    private LedgerFollower follow(long upToCheckpoint, Consumer<BatchLedger.Commit> lines, boolean evidence) {
        return new LedgerFollower(
                new LedgerAccumulator(batchId, ranges, start, upToCheckpoint, lines, evidence), ledger, kafka);
    }
}
