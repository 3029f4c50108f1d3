package io.backprocess.verify.cluster;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.KeyGroups;
import io.backprocess.context.ContextLoader;
import io.backprocess.decode.LegacyContextJoin;
import io.backprocess.dedupe.KeptIds;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.verify.Evidence;
import io.backprocess.verify.Lane;
import io.backprocess.verify.LedgerRange;
import io.backprocess.verify.Premises;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.operators.coordination.OperatorEventGateway;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Proves the partitions of its key groups, one after the other. It has no input: each lane reads its topics itself, some records
 * at a time, and lets checkpoints pass in between.
 *
 * <p>Keyed state holds the eventIds of each partition, its {@link Lane#state} and, once it is proven, its report. Killed between
 * two checkpoints: the lanes go on where they were at the first one. The reports go to the {@link ReportsCoordinator}, where the
 * command finds them. A restored subtask sends those of its state again.
 */
final class ProveLanes extends AbstractStreamOperator<Integer> implements OneInputStreamOperator<Integer, Integer> {
    private static final long serialVersionUID = 1;

    private static final String REPORTS = "reports";
    private static final String VERIFIED_RECORDS = "verified_records";
    private static final Duration PROGRESS_INTERVAL = Duration.ofMillis(500);
    /** The number of records between two looks into the mailbox, where checkpoints wait. */
    private static final int STEP = 1_000;

    private final Premises premises;
    private final KafkaClients kafka;
    private final @Nullable MemorySize memory;
    private final KeyGroups keyGroups;
    private final transient MailboxExecutor mailbox;
    private final transient OperatorEventGateway coordinator;

    private transient ArrayDeque<Integer> unproven = new ArrayDeque<>();
    private transient Map<Integer, Lane> begun = new HashMap<>();
    private transient @Nullable Opened opened;
    private transient long told;

    /** The resources that {@link #open} has opened. */
    private record Opened(
            Evidence evidence,
            @Nullable LegacyContextJoin legacyJoin,
            KeptIds ids,
            MapState<Integer, byte[]> states,
            MapState<Integer, byte[]> reports,
            Counter verified) {}

    ProveLanes(
            StreamOperatorParameters<Integer> parameters,
            Premises premises,
            KafkaClients kafka,
            @Nullable MemorySize memory) {
        super(parameters);
        this.premises = premises;
        this.kafka = kafka;
        this.memory = memory;
        this.keyGroups = premises.plan().keyGroups();
        this.mailbox = parameters.getMailboxExecutor();
        this.coordinator = parameters
                .getOperatorEventDispatcher()
                .getOperatorEventGateway(parameters.getStreamConfig().getOperatorID());
    }

    /** Returns the key of the state of a partition. A partition that the batch cannot have shares that of one that it has. */
    private int keyOf(int partition) {
        return keyGroups.keyOfPartition(possible(partition));
    }

    private int possible(int partition) {
        return partition < keyGroups.maxPartitions() ? partition : partition % keyGroups.plannedPartitions();
    }

    @Override
    public void open() throws Exception {
        super.open();
        BatchPlan plan = premises.plan();
        MetricGroup metrics =
                getMetricGroup().addGroup("batch", plan.spec().batchId()).addGroup("backprocess");
        LegacyContextJoin legacyJoin = LegacyContextJoin.of(
                plan.spec(),
                ContextLoader.open(
                        plan,
                        kafka,
                        getContainingTask()
                                .getEnvironment()
                                .getIOManager()
                                .getSpillingDirectories()[0]
                                .toPath()));
        Opened all = new Opened(
                premises.evidence(kafka, getUserCodeClassloader(), legacyJoin, done -> {}),
                legacyJoin,
                new KeptIds(this, plan.seed(), memory),
                getRuntimeContext().getMapState(state("lanes")),
                getRuntimeContext().getMapState(state(REPORTS)),
                metrics.counter(VERIFIED_RECORDS));
        opened = all;
        int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        int parallelism = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        for (int partition : premises.partitions()) {
            if (keyGroups.subtaskOfPartition(possible(partition), parallelism) == subtask) {
                setCurrentKey(keyOf(partition));
                byte[] report = all.reports.get(partition);
                if (report == null) {
                    unproven.add(partition);
                } else {
                    LedgerRange range = premises.range(partition);
                    coordinator.sendEventToCoordinator(
                            new LaneProgress(partition, range.next() - range.start(), report));
                }
            }
        }
        next();
    }

    private static MapStateDescriptor<Integer, byte[]> state(String name) {
        return new MapStateDescriptor<>(name, Types.INT, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);
    }

    private void next() {
        if (!unproven.isEmpty()) {
            mailbox.execute(this::step, "prove some records");
        }
    }

    private void step() throws Exception {
        Opened all = opened();
        int partition = unproven.element();
        Lane lane = begun.get(partition);
        if (lane == null) {
            lane = begin(partition, all);
            begun.put(partition, lane);
        }
        long before = lane.taken();
        boolean goesOn = lane.advance(STEP);
        all.verified.inc(lane.taken() - before);
        if (goesOn) {
            tell(partition, lane);
        } else {
            setCurrentKey(keyOf(partition));
            all.states.put(partition, lane.state());
            byte[] report = lane.report().write();
            all.reports.put(partition, report);
            coordinator.sendEventToCoordinator(new LaneProgress(partition, lane.passed(), report));
            begun.remove(partition);
            lane.close();
            unproven.remove();
        }
        next();
    }

    private void tell(int partition, Lane lane) {
        long now = System.nanoTime();
        if (now - told > PROGRESS_INTERVAL.toNanos()) {
            told = now;
            coordinator.sendEventToCoordinator(new LaneProgress(partition, lane.passed(), null));
        }
    }

    private Lane begin(int partition, Opened all) throws Exception {
        int key = keyOf(partition);
        setCurrentKey(key);
        byte[] state = all.states.get(partition);
        Evidence evidence = all.evidence.apart();
        return state == null
                ? Lane.begin(evidence, partition, all.ids.of(key))
                : Lane.resume(evidence, partition, all.ids.of(key), state);
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
        for (Map.Entry<Integer, Lane> each : begun.entrySet()) {
            setCurrentKey(keyOf(each.getKey()));
            opened().states.put(each.getKey(), each.getValue().state());
        }
        opened().ids.snapshot();
    }

    @Override
    public void close() throws Exception {
        for (Lane lane : begun.values()) {
            lane.close();
        }
        if (opened != null && opened.legacyJoin != null) {
            opened.legacyJoin.close();
        }
        super.close();
    }
}
