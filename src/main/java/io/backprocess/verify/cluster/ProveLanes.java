package io.backprocess.verify.cluster;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.DedupeScope;
import io.backprocess.context.ContextLoader;
import io.backprocess.decode.LegacyContextJoin;
import io.backprocess.dedupe.KeptIds;
import io.backprocess.dedupe.SeenIds;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.NativeLz4;
import io.backprocess.verify.Evidence;
import io.backprocess.verify.GlobalLane;
import io.backprocess.verify.Lane;
import io.backprocess.verify.LedgerRange;
import io.backprocess.verify.Output;
import io.backprocess.verify.PlacedResults;
import io.backprocess.verify.Premises;
import io.backprocess.verify.StepwiseProof;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.operators.coordination.OperatorEventGateway;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves the partitions of its key groups, one after the other. It has no input: each lane reads its topics itself, some records
 * at a time, and lets checkpoints pass in between.
 *
 * <p>Keyed state holds the eventIds or the indexes of each partition, its {@link StepwiseProof#state} and, once it is proven, its
 * end. Killed between two checkpoints: the lanes go on where they were at the first one. How far they are goes to the {@link
 * ReportsCoordinator}, where the command finds it. A restored subtask sends again what its state has.
 *
 * <p>In dedupe scope {@code global} the output is the claims of the lanes and, beside it, their ends. If copies in different
 * partitions are counted, it is the events that were taken. The watermark {@value #END} follows when all lanes of the subtask have
 * ended.
 */
final class ProveLanes extends AbstractStreamOperator<byte[]> implements OneInputStreamOperator<Integer, byte[]> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(ProveLanes.class);

    static final OutputTag<byte[]> ENDS =
            new OutputTag<>("ends", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
    static final long END = 1;
    private static final String OTHER_PREMISES =
            "the savepoint is of a proof that began with another state of the batch, of its topics or of its ledger, or with other options; leave --savepoint out to begin anew";
    private static final String VERIFIED_RECORDS = "verified_records";
    private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(500);
    /** The time between two looks into the mailbox, where checkpoints wait. */
    private static final Duration STEP = Duration.ofMillis(20);
    /** The number of records between two looks at the clock. */
    private static final int RECORDS_A_LOOK = 100;

    private final Premises premises;
    private final KafkaClients kafka;
    private final @Nullable MemorySize memory;
    private final @Nullable EarlierProof earlier;
    private final LaneKeys keys;
    private final transient MailboxExecutor mailbox;
    private final transient OperatorEventGateway coordinator;

    private transient ArrayDeque<Integer> unproven = new ArrayDeque<>();
    private transient Map<Integer, StepwiseProof> begun = new HashMap<>();
    private transient Set<Integer> ended = new HashSet<>();
    private transient @Nullable Opened opened;
    private transient @Nullable ResultSorting sorting;
    private transient @Nullable ProofGroup group;
    /** The source offsets that are proven next, by partition, as in the last checkpoint that is not confirmed yet. */
    private transient Map<TopicPartition, Long> reached = Map.of();

    private transient long told;
    private transient boolean failed;

    /** The resources that {@link #open} has opened. */
    private record Opened(
            Evidence evidence,
            @Nullable LegacyContextJoin legacyJoin,
            @Nullable PlacedResults placed,
            KeptIds ids,
            LaneStates lanes,
            MapState<Tuple3<Integer, Integer, Long>, long[]> indexes,
            Counter verified) {}

    ProveLanes(
            StreamOperatorParameters<byte[]> parameters,
            Premises premises,
            KafkaClients kafka,
            @Nullable MemorySize memory,
            @Nullable EarlierProof earlier) {
        super(parameters);
        this.earlier = earlier;
        this.premises = premises;
        this.kafka = kafka;
        this.memory = memory;
        this.keys = new LaneKeys(premises.plan().keyGroups());
        this.mailbox = parameters.getMailboxExecutor();
        this.coordinator = ReportingFactory.coordinator(parameters);
    }

    @Override
    public void open() throws Exception {
        super.open();
        NativeLz4.load();
        BatchPlan plan = premises.plan();
        MetricGroup metrics =
                getMetricGroup().addGroup("batch", plan.spec().batchId()).addGroup("backprocess");
        Path directory = getContainingTask()
                .getEnvironment()
                .getIOManager()
                .getSpillingDirectories()[0]
                .toPath();
        LegacyContextJoin legacyJoin = LegacyContextJoin.of(plan.spec(), ContextLoader.open(plan, kafka, directory));
        PlacedResults placed = premises.openResults(directory);
        Evidence evidence = premises.evidence(kafka, getUserCodeClassloader(), legacyJoin, placed, this::emit);
        Opened all = new Opened(
                evidence,
                legacyJoin,
                placed,
                new KeptIds(this, plan.seed(), memory),
                new LaneStates(premises, evidence, getRuntimeContext()),
                getRuntimeContext()
                        .getMapState(new MapStateDescriptor<>(
                                "indexes",
                                Types.TUPLE(Types.INT, Types.INT, Types.LONG),
                                PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO)),
                metrics.counter(VERIFIED_RECORDS));
        opened = all;
        group = new ProofGroup(plan.spec().batchId(), earlier, kafka);
        takePartitions(all);
        if (placed == null || unproven.isEmpty() || failed) {
            next();
        } else {
            sorting = ResultSorting.begin(
                    premises, all.evidence, Set.copyOf(unproven), mailbox, this::next, this::failed);
        }
    }

    /** Finds the partitions of this subtask, and tells again what its state has of them. */
    private void takePartitions(Opened all) throws Exception {
        for (int partition : keys.ofSubtask(getRuntimeContext().getTaskInfo(), premises.partitions())) {
            setCurrentKey(keys.of(partition));
            LaneStates.Restored restored = all.lanes.restored(partition);
            boolean isOther = restored == LaneStates.Restored.OTHER;
            if (earlier == null && (isOther || restored == LaneStates.Restored.EARLIER_PROOF)) {
                failed(BatchException.refused(OTHER_PREMISES));
                return;
            }
            if (isOther) {
                LOG.info("partition {} is proven from its beginning: it has changed since the last proof", partition);
                all.lanes.forget(partition);
                all.ids.forget(keys.of(partition));
                setCurrentKey(keys.of(partition));
            }
            byte[] report = all.lanes.report(partition);
            if (report == null) {
                unproven.add(partition);
            } else {
                ended.add(partition);
                LedgerRange range = premises.range(partition);
                tell(partition, range.next() - range.start(), report);
            }
        }
    }

    private void next() {
        if (failed) {
            // The command cancels the job.
            return;
        }
        if (!unproven.isEmpty()) {
            mailbox.execute(this::step, "prove some records");
        } else if (isGlobal() || premises.acrossPartitions()) {
            output.emitWatermark(new Watermark(END));
        }
    }

    private void step() throws Exception {
        try {
            prove();
        } catch (InterruptException e) {
            throw e;
        } catch (BatchException | KafkaException e) {
            failed(e);
        }
    }

    /** Tells the command what the proof ended with. A restart would meet the same again. */
    private void failed(RuntimeException cause) {
        failed = true;
        LOG.error("the proof ends: {}", cause.getMessage(), cause);
        coordinator.sendEventToCoordinator(new LaneFailure(cause));
    }

    private void prove() throws Exception {
        Opened all = opened();
        int partition = unproven.element();
        StepwiseProof lane = begun.get(partition);
        if (lane == null) {
            lane = begin(partition, all);
            begun.put(partition, lane);
        }
        long before = lane.taken();
        long begin = System.nanoTime();
        boolean goesOn = true;
        while (goesOn && System.nanoTime() - begin < STEP.toNanos()) {
            goesOn = lane.advance(RECORDS_A_LOOK);
        }
        all.verified.inc(lane.taken() - before);
        if (goesOn) {
            tell(partition, lane);
        } else {
            byte[] state = lane.state();
            boolean canGoOn = lane.canGoOn();
            byte[] end = lane.end();
            setCurrentKey(keys.of(partition));
            all.lanes.end(partition, state, end, canGoOn);
            if (isGlobal()) {
                output.collect(ENDS, new StreamRecord<>(end));
            }
            tell(partition, lane.passed(), end);
            begun.remove(partition);
            ended.add(partition);
            lane.close();
            all.ids.unload(keys.of(partition));
            unproven.remove();
        }
        next();
    }

    private void tell(int partition, StepwiseProof lane) {
        long now = System.nanoTime();
        if (now - told > PROGRESS_INTERVAL.toNanos()) {
            told = now;
            tell(partition, lane.passed(), null);
        }
    }

    /** @param end what the lane has ended with; null before its end */
    private void tell(int partition, long passed, byte @Nullable [] end) {
        // In global scope the end is not the last word, which comes from SettleLanes.
        coordinator.sendEventToCoordinator(new LaneProgress(partition, passed, isGlobal() ? null : end));
    }

    private boolean isGlobal() {
        return premises.plan().spec().dedupeScope() == DedupeScope.GLOBAL;
    }

    private StepwiseProof begin(int partition, Opened all) throws Exception {
        int key = keys.of(partition);
        setCurrentKey(key);
        byte[] state = all.lanes.state(partition);
        boolean later = all.lanes.isOfEarlierProof(partition);
        Evidence evidence =
                (state == null || later) && sorting != null ? sorting.evidence(partition) : all.evidence.apart();
        if (isGlobal()) {
            GlobalLane.Stores stores = (topic, number) -> new KeyedStore(
                    this, key, partition, topic == Output.RESULTS ? number : KeyedStore.DEAD_LETTERS, all.indexes);
            return state == null
                    ? GlobalLane.begin(evidence, partition, stores, this::emit)
                    : GlobalLane.resume(evidence, partition, stores, this::emit, state);
        }
        SeenIds seen = all.ids.of(key);
        if (state == null) {
            return Lane.begin(evidence, partition, seen);
        }
        return later ? Lane.goOn(evidence, partition, seen, state) : Lane.resume(evidence, partition, seen, state);
    }

    private void emit(byte[] claimOrEvent) {
        output.collect(new StreamRecord<>(claimOrEvent));
    }

    private Opened opened() {
        if (opened == null) {
            throw new IllegalStateException("used before open");
        }
        return opened;
    }

    @Override
    public void processElement(StreamRecord<Integer> element) {
        throw new IllegalStateException("there is no input");
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        Map<TopicPartition, Long> next = new HashMap<>();
        for (Map.Entry<Integer, StepwiseProof> each : begun.entrySet()) {
            setCurrentKey(keys.of(each.getKey()));
            opened().lanes.put(each.getKey(), each.getValue().state());
            next.put(
                    source(each.getKey()),
                    premises.range(each.getKey()).start() + each.getValue().passed());
        }
        ended.forEach(partition ->
                next.put(source(partition), premises.range(partition).next()));
        reached = next;
        opened().ids.snapshot();
    }

    private TopicPartition source(int partition) {
        return new TopicPartition(premises.plan().spec().sourceTopic(), partition);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        if (group != null) {
            group.commit(reached);
        }
    }

    @Override
    public void close() throws Exception {
        if (group != null) {
            group.close();
        }
        if (sorting != null) {
            sorting.close();
        }
        for (StepwiseProof lane : begun.values()) {
            lane.close();
        }
        if (opened != null && opened.legacyJoin != null) {
            opened.legacyJoin.close();
        }
        if (opened != null && opened.placed != null) {
            opened.placed.close();
        }
        super.close();
    }
}
