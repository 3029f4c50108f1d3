package io.backprocess.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.Encoding;
import io.backprocess.batch.LogEvents;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.batch.ResultPlacement;
import io.backprocess.batch.SizeLimits;
import io.backprocess.control.MarkStore;
import io.backprocess.deadletter.DeadLetterHeaders;
import io.backprocess.dedupe.DropDuplicates;
import io.backprocess.event.Origin;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.flink.Snapshot;
import io.backprocess.flink.SnapshotSearch;
import io.backprocess.job.BackprocessJob;
import io.backprocess.job.JobSettings;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.plan.PlanBasis;
import io.backprocess.plan.PlanStore;
import io.backprocess.plan.Planner;
import io.backprocess.plan.Topics;
import io.backprocess.publish.ResultSerializer;
import io.backprocess.upsert.UpsertDefinition;
import io.backprocess.verify.Verification;
import io.backprocess.verify.Verifier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** A batch on a MiniCluster and an in-process broker: planned, stored, submitted and read back as users do it. */
public final class TestBatch {
    private static final int MAX_RESULT_BYTES = 16 * 1024 * 1024;
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** Each reading opens clients of its own, which takes CPU from the batch that is waited for. */
    private static final Duration BETWEEN_READS = Duration.ofMillis(200);

    public final BatchPlan plan;
    private final KafkaBroker kafka;
    public final String checkpoints;
    /** The clients of the job open with these properties. */
    public KafkaClients clients;
    /** For the eventIds of a subtask; null for its share of the heap. */
    public @Nullable MemorySize dedupeMemory;

    public DeadLetterLimits limits = DeadLetterLimits.DEFAULT;

    /** Whether the revision does. */
    public boolean asks;

    /** Of the database that results go to too. */
    public String tablePassword = DatabaseServer.PASSWORD;

    /** How often a job that fails is started again. */
    public int restarts = 10;

    public Duration checkpointInterval = Duration.ofMillis(300);

    /** How long the batch may take to its end. */
    public Duration patience = PATIENCE;

    /** What Flink's configuration says besides. */
    public final Configuration flinkConfiguration = new Configuration();

    public Duration metricsInterval = Duration.ofSeconds(5);

    /** @param checkpoints a directory's URI */
    public TestBatch(KafkaBroker kafka, String topic, String revision, DedupeScope scope, String checkpoints) {
        this(kafka, topic, BatchSpec.LATEST, revision, scope, checkpoints);
    }

    /** @param until as on the command line */
    public TestBatch(
            KafkaBroker kafka, String topic, String until, String revision, DedupeScope scope, String checkpoints) {
        this(kafka, spec(kafka, topic, until, revision, scope), checkpoints);
    }

    /** One whose results go to a table too. */
    public static TestBatch upserting(
            KafkaBroker kafka, String topic, String revision, UpsertDefinition table, String checkpoints) {
        BatchSpec spec = spec(kafka, topic, BatchSpec.LATEST, revision, DedupeScope.PARTITION);
        return new TestBatch(kafka, spec.withUpsert(table.toJson()), checkpoints);
    }

    /** One over a history with another envelope, whose results keep the former correlationId as those of the command line do. */
    public static TestBatch mapped(
            KafkaBroker kafka, String topic, String revision, String envelope, String checkpoints) {
        BatchSpec spec = spec(kafka, topic, BatchSpec.LATEST, revision, DedupeScope.PARTITION)
                .withEnvelope(envelope);
        try (KafkaAdmin admin = kafka.clients().openAdmin()) {
            BatchPlan plan = new Planner(admin)
                    .plan(spec, DropDuplicates.STATE_FORMAT, "test", null)
                    .with(PlanBasis.of(spec, MAX_RESULT_BYTES, TestBatch.class.getClassLoader()), null);
            return new TestBatch(kafka, plan, checkpoints);
        }
    }

    /** One over a history whose values are encoded by schemas. */
    public static TestBatch encoded(KafkaBroker kafka, String topic, Encoding encoding, String checkpoints) {
        BatchSpec spec = spec(kafka, topic, BatchSpec.LATEST, "purchase-split", DedupeScope.PARTITION);
        return new TestBatch(kafka, spec.withEncoding(encoding), checkpoints);
    }

    /** One whose results are in the partitions that their keys choose. */
    public static TestBatch placed(
            KafkaBroker kafka,
            String topic,
            String revision,
            DedupeScope scope,
            ResultPlacement placement,
            String checkpoints) {
        BatchSpec spec = spec(kafka, topic, BatchSpec.LATEST, revision, scope);
        return new TestBatch(kafka, spec.withPlacement(placement), checkpoints);
    }

    private static BatchSpec spec(KafkaBroker kafka, String topic, String until, String revision, DedupeScope scope) {
        return new BatchSpec(
                kafka.unique("batch"),
                new BatchSpec.Range(topic, "earliest", until),
                new BatchSpec.Logic("1", List.of(revision), new TreeMap<>()),
                scope,
                ResultHeaders.ORIGIN);
    }

    private TestBatch(KafkaBroker kafka, BatchSpec spec, String checkpoints) {
        this.kafka = kafka;
        this.clients = kafka.clients();
        this.checkpoints = checkpoints;
        try (KafkaAdmin admin = kafka.clients().openAdmin()) {
            plan = new Planner(admin).plan(spec, DropDuplicates.STATE_FORMAT, "test", null);
            new Topics(admin).create(plan);
            new PlanStore(admin).put(plan);
        }
    }

    /** Of a plan that was made elsewhere. */
    public TestBatch(KafkaBroker kafka, BatchPlan plan, String checkpoints) {
        this.kafka = kafka;
        this.clients = kafka.clients();
        this.checkpoints = checkpoints;
        this.plan = plan;
        try (KafkaAdmin admin = kafka.clients().openAdmin()) {
            new Topics(admin).create(plan);
            new PlanStore(admin).put(plan);
        }
    }

    public JobClient submit(int parallelism, @Nullable String savepoint, @Nullable Long maxRate) throws Exception {
        Configuration flink = new Configuration();
        flink.addAll(flinkConfiguration);
        flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
        flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints);
        flink.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        flink.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, restarts);
        flink.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(100));
        flink.set(BackprocessJob.SOURCE_WATCH_INTERVAL, Duration.ofMillis(500));
        flink.set(BackprocessJob.METRICS_INTERVAL, metricsInterval);
        if (savepoint != null) {
            flink.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        }
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.configure(flink);
        env.setParallelism(parallelism);
        return BackprocessJob.submit(
                env,
                plan,
                new JobSettings(
                        new JobSettings.Kafka(
                                clients, new SizeLimits(MAX_RESULT_BYTES, MAX_RESULT_BYTES), Duration.ofMinutes(2)),
                        maxRate,
                        dedupeMemory,
                        limits,
                        LogEvents.NONE,
                        asks,
                        tablePassword));
    }

    public void runToItsEnd(int parallelism, @Nullable String savepoint) throws Exception {
        awaitTheEnd(submit(parallelism, savepoint, null));
    }

    public void awaitTheEnd(JobClient job) throws Exception {
        job.getJobExecutionResult().get(patience.toSeconds(), TimeUnit.SECONDS);
        assertThat(job.getJobStatus().get()).isEqualTo(JobStatus.FINISHED);
        // Kafka confirms the last commit a moment before readers see it.
        LedgerReader.of(plan, kafka.clients()).readSettled(PATIENCE);
    }

    /** Tried again while the job lives: a subtask that ends at this moment cannot take part. */
    public String stopWithSavepoint(JobClient job) throws Exception {
        while (true) {
            try {
                return job.stopWithSavepoint(false, checkpoints, SavepointFormatType.CANONICAL)
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (job.getJobStatus().get().isGloballyTerminalState()) {
                    throw e;
                }
            }
        }
    }

    /**
     * To its end as Flink sees it, but on the way the transactions of a checkpoint are lost: its job is killed between pre-commit
     * and commit, and what is open is aborted, as Kafka does after the transaction timeout, before the job goes on from there.
     *
     * @param rate records a second before the loss
     * @param sinks whose transactions are lost: results, deadletters
     */
    public void runToItsEndWithALoss(long rate, String... sinks) throws Exception {
        JobClient first = submit(2, null, rate);
        awaitCommitted(rate);
        String begun = stopWithSavepoint(first);
        Duration usual = checkpointInterval;
        checkpointInterval = Duration.ofHours(1);
        long before = uncommittedResults();
        JobClient killed = submit(2, begun, rate);
        await("uncommitted results", () -> uncommittedResults() > before + rate / 2, BETWEEN_READS);
        // Such a savepoint holds what is pre-committed with it, and Flink commits that with the next checkpoint only.
        String preCommitted = killed.triggerSavepoint(checkpoints, SavepointFormatType.CANONICAL)
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        killed.cancel().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        try (KafkaAdmin admin = kafka.clients().openAdmin()) {
            for (String sink : sinks) {
                Set<String> open = admin.transactions()
                        .open("backprocess." + plan.spec().batchId() + "." + sink)
                        .keySet();
                assertThat(open).as("open transactions of %s", sink).isNotEmpty();
                admin.transactions().fence(open);
            }
        }
        checkpointInterval = usual;
        awaitTheEnd(submit(2, preCommitted, null));
    }

    private long uncommittedResults() {
        try (KafkaAdmin admin = kafka.clients().openAdmin()) {
            String topic = plan.spec().resultTopic();
            long results = 0;
            for (int partition = 0; partition < admin.partitions(topic); partition++) {
                results += admin.highWatermark(topic, partition);
            }
            return results;
        }
    }

    public BatchLedger ledger() {
        return LedgerReader.of(plan, kafka.clients()).read();
    }

    /** Everything recounted from Kafka alone. */
    public Verification verify() {
        return new Verifier(plan, kafka.clients(), getClass().getClassLoader()).verify();
    }

    public void awaitCommitted(long records) {
        await("a commit of " + records, () -> ledger().total().read() >= records, BETWEEN_READS);
    }

    public static void await(String what, BooleanSupplier condition) {
        await(what, condition, Duration.ofMillis(50));
    }

    private static void await(String what, BooleanSupplier condition, Duration pause) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time: %s", what).isLessThan(deadline);
            java.util.concurrent.locks.LockSupport.parkNanos(pause.toNanos());
        }
    }

    /** Everything is where the oracle says, in its order, and the ledger says the same. */
    public void assertAsTheOracleSays(String story) {
        assertAsTheOracleSays(story, true);
    }

    /** The same in any order: what was repaired stands behind the rest. */
    public void assertAsTheOracleSaysInAnyOrder(String story) {
        assertAsTheOracleSays(story, false);
    }

    private void assertAsTheOracleSays(String story, boolean inOrder) {
        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> history =
                kafka.readByPartition(plan.spec().sourceTopic());
        Oracle oracle = new Oracle(plan.spec().batchId(), plan.spec().revision(), history);
        BatchLedger ledger = ledger();
        history.forEach((partition, records) -> {
            assertSame(inOrder, story + ": results", results(partition), oracle.results.get(partition));
            assertSame(
                    inOrder,
                    story + ": dead letters",
                    deadLetters(partition, records),
                    oracle.deadLetters.get(partition));
            assertThat(ledger.partition(partition).counts().read()).as(story).isEqualTo(records.size());
            assertThat(ledger.partition(partition).gaps()).as(story).isEmpty();
            assertThat(ledger.partition(partition).overlaps()).as(story).isEmpty();
        });
        assertThat(ledger.isComplete()).as(story).isEqualTo(!plan.isFollowing());
        assertThat(ledger.total().skipped()).as(story).isEqualTo(oracle.skipped);
        assertThat(ledger.total().duplicates()).as(story).isEqualTo(oracle.duplicates);
        assertThat(ledger.total().results())
                .as(story)
                .isEqualTo(
                        oracle.results.values().stream().mapToLong(List::size).sum());
        assertThat(ledger.total().deadLetters())
                .as(story)
                .isEqualTo(oracle.deadLetters.values().stream()
                        .mapToLong(List::size)
                        .sum());
    }

    private static void assertSame(boolean inOrder, String what, List<String> actual, List<String> expected) {
        if (inOrder) {
            assertThat(actual).as(what).containsExactlyElementsOf(expected);
        } else {
            assertThat(actual).as(what).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    /** As the oracle writes them. */
    public List<String> results(int partition) {
        List<String> lines = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> result :
                kafka.readByPartition(plan.spec().resultTopic()).get(partition)) {
            Origin origin = Origin.parse(text(result.headers().lastHeader(ResultSerializer.SOURCE)));
            assertThat(origin.partition()).isEqualTo(partition);
            lines.add(asRead(result, origin.offset(), text(result.value()), ResultSerializer.SOURCE));
        }
        return lines;
    }

    private List<String> deadLetters(int partition, List<ConsumerRecord<byte[], byte[]>> history) {
        List<String> lines = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> letter :
                kafka.readByPartition(plan.spec().deadLetterTopic()).get(partition)) {
            long offset = Long.parseLong(text(letter.headers().lastHeader(DeadLetterHeaders.OFFSET)));
            ConsumerRecord<byte[], byte[]> source = history.stream()
                    .filter(record -> record.offset() == offset)
                    .findFirst()
                    .orElseThrow();
            assertThat(letter.value()).isEqualTo(source.value());
            lines.add(asRead(
                    letter,
                    offset,
                    text(letter.headers().lastHeader(DeadLetterHeaders.REASON)),
                    DeadLetterHeaders.PREFIX));
        }
        return lines;
    }

    /** Returns the newest snapshot, as if Flink had forgotten the job. */
    public Snapshot newestSnapshot(FlinkCluster flink) {
        return new SnapshotSearch(
                        plan,
                        ledger(),
                        flink,
                        Optional.empty(),
                        MarkStore.find(plan.spec().batchId(), kafka.clients()))
                .newest()
                .orElseThrow();
    }

    /** Writes a mark that is no JSON, as another process may. */
    public void damageMark() {
        kafka.send(new ProducerRecord<>(
                "backprocess.batches",
                (plan.spec().batchId() + "/mark").getBytes(StandardCharsets.UTF_8),
                "{\"kind\":".getBytes(StandardCharsets.UTF_8)));
    }

    /** As the oracle writes it: without the headers that were added. */
    private static String asRead(
            ConsumerRecord<byte[], byte[]> record, long sourceOffset, String what, String addedHeaders) {
        org.apache.kafka.common.header.internals.RecordHeaders original =
                new org.apache.kafka.common.header.internals.RecordHeaders();
        for (Header header : record.headers()) {
            if (!header.key().startsWith(addedHeaders)) {
                original.add(header);
            }
        }
        ConsumerRecord<byte[], byte[]> source = new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                sourceOffset,
                record.timestamp(),
                record.timestampType(),
                0,
                0,
                record.key(),
                record.value(),
                original,
                record.leaderEpoch());
        return Oracle.line(source, what);
    }

    private static String text(Header header) {
        return text(header.value());
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
