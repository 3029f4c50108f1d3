package io.backprocess.rewrite;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.OffsetRange;
import io.backprocess.context.ContextLoader;
import io.backprocess.control.HiddenEnd;
import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.decode.LegacyContextJoin;
import io.backprocess.kafka.InterleavedReader;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.HiddenLedgerException;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.ledger.Offsets;
import io.backprocess.ledger.PartitionLedger;
import io.backprocess.ledger.Redriven;
import io.backprocess.plan.Topics;
import io.backprocess.registry.Schemas;
import io.backprocess.render.Words;
import io.backprocess.replay.Replay;
import io.backprocess.rewrite.Attempt.FailedAgain;
import io.backprocess.rewrite.Attempt.Left;
import io.backprocess.rewrite.Attempt.Succeeded;
import io.backprocess.upsert.TableWriter;
import io.backprocess.verify.Originals;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Puts the dead letters of a batch through its steps once more. The ledger says which of them have been redriven. So a second
 * redrive, or one that goes on after a kill, repeats nothing.
 */
public final class Redrive {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration VISIBLE = Duration.ofSeconds(10);

    private final BatchPlan plan;
    private final KafkaClients kafka;
    private final ClassLoader revisions;
    private final RedriveRequest request;
    private final CommitPolicy commits;
    private RowWriter checked = RowWriter.NONE;
    private RowWriter written = RowWriter.NONE;

    /**
     * @param revisions the class loader that has the request's revisions
     */
    public Redrive(BatchPlan plan, KafkaClients kafka, ClassLoader revisions, RedriveRequest request) {
        this(plan, kafka, revisions, request, CommitPolicy.USUAL);
    }

    Redrive(BatchPlan plan, KafkaClients kafka, ClassLoader revisions, RedriveRequest request, CommitPolicy commits) {
        this.plan = plan;
        this.kafka = kafka;
        this.revisions = revisions;
        this.request = request;
        this.commits = commits;
    }

    /**
     * Also writes results to this table. It does so before the commit to Kafka, so a redrive that is killed in between writes
     * them again.
     */
    public Redrive into(TableWriter table) {
        checked = table::tryOut;
        written = table::write;
        return this;
    }

    /** Returns what the redrive would do, and writes nothing. */
    public RedriveSummary tryOut() {
        try (KafkaAdmin admin = kafka.openAdmin();
                LegacyContextJoin legacyJoin = LegacyContextJoin.of(plan.spec(), ContextLoader.open(plan, kafka))) {
            return run(admin, endedLedger(), replay(admin, legacyJoin, false), RedriveOutput.NOWHERE, false);
        }
    }

    /**
     * Redrives the selected dead letters.
     *
     * @throws BatchException refused, when the batch has not ended, or another redrive of it takes over
     */
    public RedriveSummary execute() {
        try (KafkaAdmin admin = kafka.openAdmin();
                LegacyContextJoin legacyJoin = LegacyContextJoin.of(plan.spec(), ContextLoader.open(plan, kafka))) {
            endedLedger();
            Replay replay = replay(admin, legacyJoin, true);
            try (RedriveTransactions output = new RedriveTransactions(plan, kafka, request, replay, commits)) {
                // The ledger is read after the fencing, so no other redrive can add to it any more.
                RedriveSummary summary = run(admin, settledLedger(), replay, output, true);
                admin.awaitVisible(output.written(), VISIBLE);
                return summary;
            }
        }
    }

    private Replay replay(KafkaAdmin admin, @Nullable LegacyContextJoin legacyJoin, boolean execute) {
        return new Replay(
                plan,
                Replay.Logic.ofRedrive(plan, request.revisions(), request.options(), request.envelope())
                        .reading(Schemas.ofRedrive(plan, kafka, execute)),
                new Topics(admin).limitsNow(plan),
                revisions,
                legacyJoin);
    }

    /**
     * Returns the visible ledger if it shows that the batch has ended. Lines that are still hidden then belong to another batch,
     * or to a redrive that is about to be fenced. Otherwise it waits for the hidden lines.
     *
     * @throws BatchException refused, when the batch has not ended
     */
    private BatchLedger endedLedger() {
        BatchLedger visible = LedgerReader.of(plan, kafka).read();
        if (visible.isComplete() || plan.isFollowing()) {
            return visible;
        }
        BatchLedger settled = settledLedger();
        check(settled);
        return settled;
    }

    private BatchLedger settledLedger() {
        try {
            return LedgerReader.of(plan, kafka).readSettled(PATIENCE);
        } catch (HiddenLedgerException e) {
            throw HiddenEnd.cannotTell(plan.spec().batchId(), e, kafka);
        }
    }

    private void check(BatchLedger ledger) {
        if (!ledger.isComplete()) {
            throw BatchException.refused(
                    ("batch '%s' is not complete yet: %s offsets are not committed. Redriven records follow all"
                                    + " others, so the batch must end first; wait for its end, or resume it")
                            .formatted(
                                    plan.spec().batchId(),
                                    Words.count(ledger.partitions().stream()
                                            .mapToLong(partition -> partition.remaining())
                                            .sum())));
        }
    }

    private RedriveSummary run(
            KafkaAdmin admin, BatchLedger ledger, Replay replay, RedriveOutput output, boolean execute) {
        RedriveCounts counts = new RedriveCounts();
        try (Originals originals = new Originals(kafka)) {
            Map<Integer, PartitionRange> letters =
                    PartitionRange.committed(plan.spec().deadLetterTopic(), admin);
            UnreadLetters unread = request.envelope() == null && plan.spec().encoding() == null
                    ? null
                    : new UnreadLetters(
                            plan,
                            kafka,
                            revisions,
                            ledger,
                            letters,
                            PartitionRange.committed(plan.spec().sourceTopic(), admin),
                            replay);
            DeadLetterRetry again = new DeadLetterRetry(
                    replay, originals, execute ? written : checked, request.maxAttempts() != null, unread);
            redrive(letters, ledger, again, output, counts);
        }
        return counts.summary(plan.spec().batchId(), request, execute);
    }

    private void redrive(
            Map<Integer, PartitionRange> spans,
            BatchLedger ledger,
            DeadLetterRetry again,
            RedriveOutput output,
            RedriveCounts counts) {
        Map<Integer, PartitionRun> runs = new HashMap<>();
        for (PartitionLedger partition : ledger.partitions()) {
            OffsetRange range = partition.range();
            runs.put(range.partition(), new PartitionRun(range, ledger, again, output, counts));
        }
        spans.keySet().retainAll(runs.keySet());
        InterleavedReader.read(spans.values(), kafka, record -> Objects.requireNonNull(runs.get(record.partition()))
                .take(record));
        output.finish();
    }

    /** Redrives the dead letters of one partition, in their order. The partitions take turns. */
    private final class PartitionRun {
        private final OffsetRange range;
        private final Redriven done;
        private final long counted;
        private final DeadLetterRetry again;
        private final RedriveOutput output;
        private final RedriveCounts counts;
        /** The source offsets whose dead letters have been read. */
        private final Offsets origins = new Offsets();

        PartitionRun(
                OffsetRange range,
                BatchLedger ledger,
                DeadLetterRetry again,
                RedriveOutput output,
                RedriveCounts counts) {
            this.range = range;
            this.done = ledger.redriven(range.partition());
            this.counted = ledger.partition(range.partition()).next();
            this.again = again;
            this.output = output;
            this.counts = counts;
        }

        void take(ConsumerRecord<byte[], byte[]> record) {
            output.commitIfDue();
            Optional<StoredDeadLetter> letter = own(record);
            if (letter.isEmpty()) {
                counts.foreign++;
            } else if (done.deadLetters().contains(record.offset())) {
                counts.redrivenBefore++;
            } else if (letter.get().origin().offset() < counted) {
                select(letter.get());
            }
        }

        /** Returns the letter if the batch has written it. It is empty for a copy that another process has added. */
        private Optional<StoredDeadLetter> own(ConsumerRecord<byte[], byte[]> record) {
            return StoredDeadLetter.read(record)
                    .filter(letter -> letter.origin().topic().equals(plan.spec().sourceTopic())
                            && plan.spec().batchId().equals(letter.writer().batchId())
                            && letter.origin().offset() >= range.start())
                    .filter(letter -> done.failed().contains(record.offset())
                            || origins.add(letter.origin().offset()));
        }

        private void select(StoredDeadLetter letter) {
            Integer maxAttempts = request.maxAttempts();
            if (!request.filter().fits(letter)) {
                counts.notSelected++;
            } else if (maxAttempts != null && letter.failure().attempts() >= maxAttempts) {
                counts.attemptsExhausted++;
            } else {
                redrive(again.attempt(letter));
            }
        }

        private void redrive(Attempt attempt) {
            if (attempt instanceof Succeeded succeeded) {
                counts.succeed(succeeded.results().size());
                output.write(succeeded);
            } else if (attempt instanceof FailedAgain failed) {
                counts.fail(failed.reason().toString());
                output.write(failed);
            } else if (attempt == Left.CONFLICT) {
                counts.conflicts++;
            } else if (attempt == Left.UNANSWERED) {
                counts.unanswered++;
            } else if (attempt == Left.UNCHANGED) {
                counts.unchanged++;
            } else if (attempt == Left.SKIPPED) {
                counts.skipped++;
            } else if (attempt == Left.GONE) {
                counts.gone++;
            } else {
                counts.undecided++;
            }
        }
    }
}
