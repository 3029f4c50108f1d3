package io.backprocess.plan;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.KeyGroups;
import io.backprocess.batch.OffsetRange;

/**
 * The resources that a batch takes at one parallelism, computed from measurements (docs/benchmark.md, docs/scaling.md). Every
 * offset counts as a distinct eventId, and memory is split as in {@code flink-conf/config.yaml}.
 *
 * @param seconds the time that the slot with the most records needs, once it is warm
 * @param stateMibASlot what the fullest slot keeps on its disk, in MiB; while RocksDB merges files it needs twice as much
 */
public record Sizing(
        @JsonUnwrapped Slots slots,
        long seconds,
        @JsonUnwrapped Load load,
        @JsonUnwrapped TaskManagers taskManagers,
        long stateMibASlot) {

    /**
     * The slots of the batch.
     *
     * @param parallelism the number of slots
     * @param busy the number of slots that have a partition; the others idle
     */
    public record Slots(int parallelism, int busy) {
        public int idle() {
            return parallelism - busy;
        }
    }

    /**
     * The load on Kafka.
     *
     * @param brokerCores the number of cores that the slots keep busy on the brokers
     * @param megabytesASecond the keys and values, read and written again, uncompressed
     */
    public record Load(double brokerCores, long megabytesASecond) {}

    /**
     * The TaskManagers that hold the slots.
     *
     * @param number the number of TaskManagers with {@link #SLOTS} slots each
     * @param mib {@code taskmanager.memory.process.size} of each, in MiB
     */
    public record TaskManagers(
            @JsonProperty("taskManagers") int number,
            @JsonProperty("taskManagerMib") long mib) {}

    /** {@code taskmanager.numberOfTaskSlots} as configured: two subtasks share Kafka's and Flink's threads well. */
    public static final int SLOTS = 2;
    /** The size of the benchmark's records. For larger records the estimate goes by their bytes. */
    public static final long BENCHMARK_BYTES = 570;
    /** The CPU time of the brokers: 1.35 s per million records. */
    private static final double BROKER_SECONDS_A_RECORD = 1.35e-6;
    /** The speed compared with partition scope; the shuffle costs the rest. */
    private static final double GLOBAL_SPEED = 0.69;
    /** The default share of a TaskManager's heap for eventIds. */
    private static final double SHARE_FOR_IDS = 0.6;
    /** The memory of one slot for Kafka's clients and records in flight. */
    private static final double MIB_IN_FLIGHT = 512;

    /**
     * Computes what a batch takes.
     *
     * @param size the number of offsets to read
     * @param recordBytes the average size of a key and value together
     */
    public static Sizing of(BatchPlan plan, long size, long recordBytes, int parallelism) {
        boolean global = plan.spec().dedupeScope() == DedupeScope.GLOBAL;
        long[] load = global ? evenly(size, parallelism) : byPartition(plan, size, parallelism);
        long most = 0;
        int busy = 0;
        for (long records : load) {
            most = Math.max(most, records);
            busy += records > 0 ? 1 : 0;
        }
        double slotSpeed = BatchEstimate.RECORDS_A_SECOND
                * (global ? GLOBAL_SPEED : 1)
                * Math.min(1, (double) BENCHMARK_BYTES / Math.max(1, recordBytes));
        BatchEstimate slot = BatchEstimate.of(most);
        int slots = Math.min(SLOTS, parallelism);
        double heap = slots * Math.max(slot.heapMib() / SHARE_FOR_IDS, slot.heapMib() + MIB_IN_FLIGHT);
        return new Sizing(
                new Slots(parallelism, busy),
                (long) Math.ceil(most / slotSpeed),
                new Load(
                        Math.ceil(busy * slotSpeed * BROKER_SECONDS_A_RECORD * 10) / 10,
                        Math.round(busy * slotSpeed * recordBytes / 1e6)),
                new TaskManagers((parallelism + SLOTS - 1) / SLOTS, processMib(heap)),
                slot.stateMib());
    }

    private static long[] evenly(long size, int parallelism) {
        long[] load = new long[parallelism];
        for (int subtask = 0; subtask < parallelism; subtask++) {
            load[subtask] = size / parallelism + (subtask < size % parallelism ? 1 : 0);
        }
        return load;
    }

    /**
     * Places partitions as the batch will. For a batch that follows, the backlog counts as spread evenly over the partitions.
     */
    private static long[] byPartition(BatchPlan plan, long size, int parallelism) {
        long[] load = new long[parallelism];
        KeyGroups groups = plan.keyGroups();
        int partitions = plan.ranges().size();
        for (OffsetRange range : plan.ranges()) {
            load[groups.subtaskOfPartition(range.partition(), parallelism)] +=
                    range.isOpen() ? (size + partitions - 1) / partitions : range.size();
        }
        return load;
    }

    /**
     * Returns the size in MiB of a TaskManager's process for this heap, in steps of 256 MiB. It reverses Flink's own
     * computation: 15 % managed and 5 % network memory, 128 MiB off-heap each for task and framework, 256 MiB metaspace, and
     * a tenth, from 192 to 1024 MiB, for the JVM.
     *
     * @param heap the heap in MiB
     */
    static long processMib(double heap) {
        double flink = Math.max((heap + 256) / 0.8, (heap + 256 + 64) / 0.85);
        double used = flink + 256;
        double process = Math.max(used + 192, Math.min(used / 0.9, used + 1024));
        return (long) Math.ceil(process / 256) * 256;
    }
}
