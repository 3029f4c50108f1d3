package io.backprocess.job;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.control.HiddenEnd;
import io.backprocess.deadletter.LastOrigins;
import io.backprocess.kafka.KafkaAdmin;
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
import java.util.Properties;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far a batch has committed, by its ledger and by its dead letters, so that no start begins before it.
 *
 * <p>Killed after a checkpoint, its results' transaction timed out and its dead letters' transaction committed: the ledger says
 * nothing of that checkpoint, and a start from nothing or from an older savepoint would write those dead letters twice.
 */
public final class CommittedOffsets {
    /** How many of the last offsets of a dead-letter partition are read at a start: few, since a letter may be large. */
    private static final long LETTERS_IN_ORDER = 16;

    private static final long LETTERS_SHUFFLED = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(CommittedOffsets.class);
    private static final Duration HIDDEN_NOTICE = Duration.ofSeconds(30);
    /** How long a start waits for open transactions: as long as the broker keeps them by default. */
    private static final Duration PATIENCE = Duration.ofMinutes(15);

    private CommittedOffsets() {}

    /** Waits for transactions that are still open in the ledger or among the dead letters. */
    public static Committed read(BatchPlan plan, Properties kafka) {
        refuseAnotherLedger(plan, kafka);
        BatchLedger ledger = settled(LedgerReader.of(plan, kafka), Long.MAX_VALUE, kafka);
        return new Committed(
                ledger.committed(), letters(plan, kafka).readSettled(later(ledger), PATIENCE), wayOut(plan.spec()));
    }

    /** Waits as long as Kafka lets a transaction live, and says meanwhile whose it is. */
    static BatchLedger settled(LedgerReader ledger, long upToCheckpoint, Properties kafka) {
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

    /** One that was made again reads as if nothing had been done. */
    private static void refuseAnotherLedger(BatchPlan plan, Properties kafka) {
        try (KafkaAdmin admin = new KafkaAdmin(kafka)) {
            List<String> problems = new Topics(admin).ledgerProblems(plan);
            if (!problems.isEmpty()) {
                throw new SuppressRestartsException(BatchException.refused(String.join("; ", problems)));
            }
        }
    }

    /** Up to which source offset the job's dead letters are on their topic, whatever the ledger says. */
    public static Map<Integer, Long> ofDeadLetters(BatchPlan plan, BatchLedger ledger, Properties kafka) {
        return letters(plan, kafka).read(later(ledger));
    }

    private static LastOrigins letters(BatchPlan plan, Properties kafka) {
        BatchSpec spec = plan.spec();
        return new LastOrigins(
                spec.batchId(),
                spec.sourceTopic(),
                spec.deadLetterTopic(),
                spec.dedupeScope() == DedupeScope.PARTITION ? LETTERS_IN_ORDER : LETTERS_SHUFFLED,
                kafka);
    }

    private static LastOrigins.Later later(BatchLedger ledger) {
        Map<Integer, Offsets> known = new HashMap<>();
        return (partition, offset) -> known.computeIfAbsent(partition, any -> {
                    Offsets later = new Offsets();
                    later.addAll(ledger.redriven(partition).failed());
                    later.addAll(ledger.repaired(partition).deadLetters());
                    return later;
                })
                .contains(offset);
    }

    /** Says what an operator can do where the dead letters of a checkpoint are committed and its results are lost. */
    public static String wayOut(BatchSpec spec) {
        String resume = "Resume it from a snapshot that stands behind these dead letters, as its newest checkpoint or"
                + " savepoint mostly does";
        return spec.dedupeScope() == DedupeScope.GLOBAL
                ? resume + "; where there is none, start a new batch id"
                : "%s; where there is none, have the rest written without Flink: backprocess verify --batch-id %s --repair --job-ended; or start a new batch id"
                        .formatted(resume, spec.batchId());
    }
}
