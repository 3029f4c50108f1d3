package io.backprocess.job;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.control.HiddenEnd;
import io.backprocess.deadletter.LastOrigins;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.HiddenLedgerException;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.ledger.Offsets;
import io.backprocess.plan.Topics;
import io.backprocess.read.Committed;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads how far a batch has committed, from its ledger and from its dead letters, so that no start begins before that.
 *
 * <p>Killed after a checkpoint, the transaction of its results timed out and the transaction of its dead letters committed:
 * the ledger does not have that checkpoint. A start from nothing or from an older savepoint would write those dead letters
 * twice.
 */
public final class CommittedOffsets {
    /** The number of last offsets that a start reads in a dead-letter partition: few, because a letter may be large. */
    private static final long LETTERS_IN_ORDER = 16;

    private static final long LETTERS_SHUFFLED = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(CommittedOffsets.class);
    private static final Duration HIDDEN_NOTICE = Duration.ofSeconds(30);
    /** The time that a start waits for open transactions: as long as the broker keeps them by default. */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private CommittedOffsets() {}

    /** Returns how far the batch has committed. This waits for open transactions in the ledger and among the dead letters. */
    public static Committed read(BatchPlan plan, KafkaClients kafka) {
        refuseAnotherLedger(plan, kafka);
        BatchLedger ledger = settled(LedgerReader.of(plan, kafka), Long.MAX_VALUE, kafka);
        return new Committed(
                ledger.committed(), letters(plan, kafka).readSettled(later(ledger), PATIENCE), wayOut(plan.spec()));
    }

    /** Waits for the ledger as long as Kafka lets a transaction live, and logs which transaction it waits for. */
    static BatchLedger settled(LedgerReader ledger, long upToCheckpoint, KafkaClients kafka) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return ledger.readSettled(HIDDEN_NOTICE, upToCheckpoint);
            } catch (HiddenLedgerException e) {
                String sentence = "cannot tell yet where the batch goes on: "
                        + HiddenEnd.find(e, kafka).inWords();
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(sentence, e);
                }
                LOG.warn("The start waits: {}.", sentence);
            }
        }
    }

    /** Refuses a ledger topic that was made again: it reads as if the batch had done nothing. */
    private static void refuseAnotherLedger(BatchPlan plan, KafkaClients kafka) {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            List<String> problems = new Topics(admin).ledgerProblems(plan);
            if (!problems.isEmpty()) {
                throw new SuppressRestartsException(BatchException.refused(String.join("; ", problems)));
            }
        }
    }

    /**
     * Returns, by partition, up to which source offset the job's dead letters are on their topic, whatever the ledger says.
     */
    public static Map<Integer, Long> ofDeadLetters(BatchPlan plan, BatchLedger ledger, KafkaClients kafka) {
        return letters(plan, kafka).read(later(ledger));
    }

    private static LastOrigins letters(BatchPlan plan, KafkaClients kafka) {
        BatchSpec spec = plan.spec();
        return new LastOrigins(
                spec.batchId(),
                spec.sourceTopic(),
                spec.deadLetterTopic(),
                spec.dedupeScope() == DedupeScope.PARTITION ? LETTERS_IN_ORDER : LETTERS_SHUFFLED,
                kafka);
    }

    private static LastOrigins.LaterLetters later(BatchLedger ledger) {
        Map<Integer, Offsets> known = new HashMap<>();
        return (partition, offset) -> known.computeIfAbsent(partition, any -> {
                    Offsets later = new Offsets();
                    later.addAll(ledger.redriven(partition).failed());
                    later.addAll(ledger.repaired(partition).deadLetters());
                    return later;
                })
                .contains(offset);
    }

    /** Says what an operator can do when the dead letters of a checkpoint are committed and its results are lost. */
    public static String wayOut(BatchSpec spec) {
        String resume = "Resume it from a snapshot that is newer than these dead letters; its newest checkpoint or"
                + " savepoint usually is";
        return spec.dedupeScope() == DedupeScope.GLOBAL
                ? resume + "; if there is none, start a new batch id"
                : "%s; if there is none, write the rest without Flink: backprocess verify --batch-id %s --repair --job-ended; or start a new batch id"
                        .formatted(resume, spec.batchId());
    }
}
