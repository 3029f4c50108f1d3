package io.backprocess.ledger;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.TopicNames;
import io.backprocess.kafka.KafkaClients;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Reads the committed lines of a batch's ledger. */
public final class LedgerReader implements Serializable {
    private static final long serialVersionUID = 1;

    private final String batchId;
    private final ArrayList<OffsetRange> ranges;
    private final TopicPartition ledger;
    private final long start;
    private final KafkaClients kafka;

    /**
     * @param ranges the source offset ranges that the batch reads
     * @param ledger the partition that holds the batch's lines
     * @param start the ledger offset before which the batch has no lines
     */
    public LedgerReader(
            String batchId, List<OffsetRange> ranges, TopicPartition ledger, long start, KafkaClients kafka) {
        this.batchId = batchId;
        this.ranges = new ArrayList<>(ranges);
        this.ledger = ledger;
        this.start = start;
        this.kafka = kafka;
    }

    public static LedgerReader of(BatchPlan plan, KafkaClients kafka) {
        return new LedgerReader(
                plan.spec().batchId(),
                plan.ranges(),
                new TopicPartition(TopicNames.LEDGER, plan.ledger().partition()),
                plan.ledger().start(),
                kafka);
    }

    /** Reads what is committed now. Lines behind an open transaction, of this or another batch, are not seen. */
    public BatchLedger read() {
        try (LedgerFollower follower = follow()) {
            return follower.poll();
        }
    }

    /** Reads what is committed now from the first line on, without summaries, and passes on each line in its order. */
    public BatchLedger read(Consumer<BatchLedger.Commit> lines) {
        try (LedgerFollower follower = follow(lines)) {
            return follower.poll();
        }
    }

    /**
     * Reads what is committed, and waits until no open transaction hides a line that is in the ledger now.
     *
     * @param patience the longest time to wait
     * @throws HiddenLedgerException if an open transaction still hides a part of the ledger after that time
     */
    public BatchLedger readSettled(Duration patience) {
        return readSettled(patience, Long.MAX_VALUE);
    }

    /** Reads the settled ledger like the method above, but leaves out checkpoints newer than {@code upToCheckpoint}. */
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

    KafkaClients kafka() {
        return kafka;
    }

    /** Returns a reader that reads the ledger now and continues from there at every later poll. */
    public LedgerFollower follow() {
        return follow(Long.MAX_VALUE, line -> {}, false);
    }

    /** Returns a reader that reads from the first line on, without summaries, and passes on each line in its order. */
    public LedgerFollower follow(Consumer<BatchLedger.Commit> lines) {
        return follow(Long.MAX_VALUE, lines, true);
    }

    private LedgerFollower follow(long upToCheckpoint, Consumer<BatchLedger.Commit> lines, boolean evidence) {
        return new LedgerFollower(
                new LedgerAccumulator(batchId, ranges, start, upToCheckpoint, lines, evidence), ledger, kafka);
    }
}
