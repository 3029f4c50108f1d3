package io.backprocess.rewrite;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.TransactionalIds;
import io.backprocess.context.ContextLoader;
import io.backprocess.control.HiddenEnd;
import io.backprocess.decode.LegacyContextJoin;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.kafka.PartitionReader;
import io.backprocess.ledger.HiddenLedgerException;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.plan.Topics;
import io.backprocess.registry.Schemas;
import io.backprocess.render.Words;
import io.backprocess.replay.Replay;
import io.backprocess.upsert.TableWriter;
import io.backprocess.verify.Finding;
import io.backprocess.verify.Loss;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import io.backprocess.verify.Verifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * Writes again what lost transactions contained: results, dead letters and the ledger lines that count them, so that the batch is
 * complete. It is only for a batch that no process runs or will resume. {@link RepairRun} makes sure of that.
 */
public final class Repair {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration VISIBLE = Duration.ofSeconds(10);
    private static final int FINDINGS_SHOWN = 5;

    private final BatchPlan plan;
    private final KafkaClients kafka;
    private final ClassLoader revisions;
    private final CommitPolicy commits;
    private RowWriter table = RowWriter.NONE;

    /**
     * @param revisions the class loader that has the plan's revisions
     */
    public Repair(BatchPlan plan, KafkaClients kafka, ClassLoader revisions) {
        this(plan, kafka, revisions, CommitPolicy.USUAL);
    }

    Repair(BatchPlan plan, KafkaClients kafka, ClassLoader revisions, CommitPolicy commits) {
        this.plan = plan;
        this.kafka = kafka;
        this.revisions = revisions;
        this.commits = commits;
    }

    /**
     * Also writes results to this table. It does so before the commit to Kafka, so a repair that is killed in between writes them
     * again.
     */
    public Repair into(TableWriter writer) {
        table = writer::write;
        return this;
    }

    /**
     * Returns what the repair would do, and writes nothing.
     *
     * @param progress receives the progress, as in {@link Verifier#verify}
     * @throws BatchException refused, when something is wrong that a repair would not correct
     */
    public RepairSummary tryOut(LongConsumer progress) {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            Loss loss = loss(progress);
            return RepairSummary.of(plan.spec().batchId(), false, open(admin), loss);
        }
    }

    /**
     * Repairs the batch.
     *
     * @param progress receives the progress, as in {@link Verifier#verify}
     *
     * @param meanwhile an action that is run again and again
     * @throws BatchException refused, when something is wrong that a repair would not correct, or another process takes over
     */
    public RepairSummary execute(LongConsumer progress, Runnable meanwhile) {
        try (KafkaAdmin admin = kafka.openAdmin();
                RepairTransactions output = new RepairTransactions(plan, kafka, commits)) {
            // From here on no other process can commit anything of the batch. Open transactions must not be committed
            // after this check either.
            List<String> open = open(admin);
            if (!open.isEmpty()) {
                admin.transactions().fence(open);
            }
            awaitSettled();
            Loss loss = loss(done -> {
                progress.accept(done);
                meanwhile.run();
            });
            try (LegacyContextJoin legacyJoin = LegacyContextJoin.of(plan.spec(), ContextLoader.open(plan, kafka))) {
                Replay replay = new Replay(
                        plan, new Topics(admin).limits(plan), Schemas.of(plan, kafka), revisions, legacyJoin);
                for (Loss.PartitionLoss partition : loss.partitions()) {
                    repair(partition, replay, output, meanwhile);
                }
            }
            admin.awaitVisible(output.written(), VISIBLE);
            return RepairSummary.of(plan.spec().batchId(), true, open, loss);
        }
    }

    private void repair(Loss.PartitionLoss loss, Replay replay, RepairTransactions output, Runnable meanwhile) {
        TopicPartition source = new TopicPartition(plan.spec().sourceTopic(), loss.partition());
        try (PartitionReader reader =
                new PartitionReader(new PartitionRange(source, loss.start(), loss.end()), kafka)) {
            new PartitionRepair(
                            loss, replay, plan.seed(), table, commits.records(), chunk -> output.commit(chunk, replay))
                    .run(reader, meanwhile);
        }
    }

    private void awaitSettled() {
        try {
            LedgerReader.of(plan, kafka).readSettled(PATIENCE);
        } catch (HiddenLedgerException e) {
            throw HiddenEnd.cannotTell(plan.spec().batchId(), e, kafka);
        }
    }

    /** Returns the ids of the batch's own open transactions, without those of commands that may run beside the repair. */
    private List<String> open(KafkaAdmin admin) {
        String batchId = plan.spec().batchId();
        List<String> open = new ArrayList<>(
                admin.transactions().open(TransactionalIds.prefix(batchId)).keySet());
        open.removeAll(Set.of(
                TransactionalIds.of(batchId, TransactionalIds.LOCK),
                TransactionalIds.of(batchId, TransactionalIds.REPAIR),
                TransactionalIds.of(batchId, TransactionalIds.REDRIVE),
                TransactionalIds.of(batchId, TransactionalIds.OWNER)));
        return open;
    }

    private Loss loss(LongConsumer progress) {
        Loss loss = new Verifier(plan, kafka, revisions).lookForLoss(progress);
        if (loss.rest().verdict() == Verdict.WRONG) {
            throw BatchException.refused(refusal(loss));
        }
        if (loss.rest().verdict() == Verdict.CANNOT_TELL) {
            throw BatchException.refused(unknown(loss));
        }
        return loss;
    }

    private String refusal(Loss loss) {
        Verification rest = loss.rest();
        String findings = rest.remarks().findings().stream()
                .limit(FINDINGS_SHOWN)
                .map(Finding::toString)
                .map(finding -> "  " + finding.replaceAll("\\p{Cntrl}", "?"))
                .collect(Collectors.joining(System.lineSeparator()));
        return ("batch '%s' is not repaired: %s, but %s findings are of another kind and would stay:%n%s%n"
                        + "If the source is deleted, or another process has written to the topics, use a new batch id;"
                        + " all findings: verify --batch-id %s")
                .formatted(
                        plan.spec().batchId(),
                        loss.isEmpty() ? "no transaction is lost" : "it lacks " + lacks(loss),
                        Words.count(rest.remarks().findingsTotal()),
                        findings,
                        plan.spec().batchId());
    }

    /**
     * Returns the refusal for offsets whose outcome is unknown. They could be wrong, and the repair would write them as they are
     * now.
     */
    private String unknown(Loss loss) {
        String unknown = loss.rest().remarks().unknown().stream()
                .limit(FINDINGS_SHOWN)
                .map(span -> "  " + span.toString().replaceAll("\\p{Cntrl}", "?"))
                .collect(Collectors.joining(System.lineSeparator()));
        return ("batch '%s' is not repaired: %s, but the right outcome of some offsets is unknown:%n%s%n"
                        + "If a service does not answer, repair again when it does; if history is deleted, use a new"
                        + " batch id; all of them: verify --batch-id %s")
                .formatted(
                        plan.spec().batchId(),
                        loss.isEmpty() ? "no transaction is lost" : "it lacks " + lacks(loss),
                        unknown,
                        plan.spec().batchId());
    }

    private String lacks(Loss loss) {
        return loss.partitions().stream()
                .map(partition -> "%s-%d %s"
                        .formatted(
                                plan.spec().sourceTopic(),
                                partition.partition(),
                                partition.spans().isEmpty()
                                        ? partition.missingDeadLetters().size() + " dead letters"
                                        : partition.spans().stream()
                                                .map(Repair::words)
                                                .collect(Collectors.joining(", "))))
                .collect(Collectors.joining("; "));
    }

    private static String words(OffsetRange span) {
        return "%d to %d".formatted(span.start(), span.end());
    }
}
