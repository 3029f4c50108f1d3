package io.backprocess.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.ResultHeaders;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SizingTest {
    private static final long MILLION = 1_000_000;

    @Test
    void reckonsABillionOnTwentySlotsAsTheScalingPageDoes() {
        BatchPlan plan = plan(DedupeScope.PARTITION, evenly(1000 * MILLION, 20));

        Sizing sizing = Sizing.of(plan, plan.size(), 570, 20);

        assertThat(sizing.slots().busy()).isEqualTo(20);
        assertThat(sizing.seconds()).isEqualTo(500);
        assertThat(sizing.stateMibASlot()).isCloseTo(811, within(1L));
        assertThat(sizing.taskManagers().number()).isEqualTo(10);
        assertThat(sizing.load().brokerCores()).isEqualTo(2.7);
        assertThat(sizing.load().megabytesASecond()).isEqualTo(1140);
    }

    @Test
    void goesByTheSlotThatHasMostToDo() {
        BatchPlan plan = plan(
                DedupeScope.PARTITION,
                List.of(
                        new OffsetRange(0, 0, 10 * MILLION),
                        new OffsetRange(1, 0, MILLION),
                        new OffsetRange(2, 0, MILLION)));

        assertThat(Sizing.of(plan, plan.size(), 570, 1).seconds()).isEqualTo(120);
        assertThat(Sizing.of(plan, plan.size(), 570, 3).seconds()).isEqualTo(100);
    }

    @Test
    void countsSlotsWithoutAPartitionAsIdle() {
        BatchPlan plan = plan(DedupeScope.PARTITION, evenly(8 * MILLION, 4));

        Sizing four = Sizing.of(plan, plan.size(), 570, 4);
        Sizing eight = Sizing.of(plan, plan.size(), 570, 8);

        assertThat(eight.slots().busy()).isEqualTo(4);
        assertThat(eight.seconds()).isEqualTo(four.seconds());
    }

    @Test
    void spreadsOverAllSlotsInGlobalScopeButMoreSlowly() {
        BatchPlan plan = plan(DedupeScope.GLOBAL, evenly(8 * MILLION, 4));

        Sizing eight = Sizing.of(plan, plan.size(), 570, 8);

        assertThat(eight.slots().busy()).isEqualTo(8);
        assertThat(eight.seconds()).isEqualTo(15);
    }

    @Test
    void takesLongerForLargerRecordsButNotLessForSmallerOnes() {
        BatchPlan plan = plan(DedupeScope.PARTITION, evenly(8 * MILLION, 4));

        assertThat(Sizing.of(plan, plan.size(), 5700, 4).seconds()).isEqualTo(200);
        assertThat(Sizing.of(plan, plan.size(), 57, 4).seconds()).isEqualTo(20);
    }

    @Test
    void needsNothingButTheLeastMemoryForNothing() {
        BatchPlan plan = plan(DedupeScope.PARTITION, evenly(0, 4));

        Sizing sizing = Sizing.of(plan, 0, 0, 2);

        assertThat(sizing.seconds()).isZero();
        assertThat(sizing.slots().busy()).isZero();
        assertThat(sizing.taskManagers().mib()).isBetween(1024L, 2560L);
    }

    /** Flink itself gives a process of that size the heap, with the project's configuration. */
    @ParameterizedTest
    @ValueSource(ints = {512, 1024, 2488, 5000, 20_000, 60_000})
    void asksForAProcessInWhichFlinkFindsTheHeap(int heapMib) {
        Configuration flink = GlobalConfiguration.loadConfiguration("flink-conf");
        long process = Sizing.processMib(heapMib);
        flink.set(TaskManagerOptions.TOTAL_PROCESS_MEMORY, MemorySize.ofMebiBytes(process));

        TaskExecutorProcessSpec spec = TaskExecutorProcessUtils.processSpecFromConfig(flink);

        assertThat(spec.getJvmHeapMemorySize().getMebiBytes()).isBetween(heapMib - 1, (int) (heapMib * 1.02 + 256 + 1));
        assertThat(spec.getNumSlots()).isEqualTo(Sizing.SLOTS);
    }

    private static List<OffsetRange> evenly(long records, int partitions) {
        return IntStream.range(0, partitions)
                .mapToObj(partition -> new OffsetRange(partition, 0, records / partitions))
                .toList();
    }

    private static BatchPlan plan(DedupeScope scope, List<OffsetRange> ranges) {
        BatchSpec spec = new BatchSpec(
                "b",
                new BatchSpec.Range("orders", "earliest", "latest"),
                new BatchSpec.Logic("1", List.of("purchase-split"), new TreeMap<>()),
                scope,
                ResultHeaders.ORIGIN);
        return BatchPlan.freeze(
                spec,
                BatchPlan.Inputs.of(ranges, null),
                new BatchPlan.StateLayout(1024, 1),
                new BatchPlan.LedgerPlace(0, 0),
                new BatchPlan.Creation(Instant.EPOCH, "me", null));
    }
}
