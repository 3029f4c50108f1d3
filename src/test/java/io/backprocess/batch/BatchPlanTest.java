package io.backprocess.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.plan.PlanStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BatchPlanTest {
    private static final String TOPIC_ID = "4Z2wXhHxQdyAA6q2lVfYZQ";

    /** In the state of every snapshot: a batch of an earlier version must find its own again. */
    @Test
    void keepsTheHashThatItHadBeforeTopicsHadIds() {
        assertThat(plan(BatchSpec.LATEST, new OffsetRange(0, 3, 10), null).hash())
                .isEqualTo("c2b6aede3c978cd9a376c59cf100ba56f78a97c125915b97649b74d1968aeb09");
    }

    @Test
    void isAnotherOneOverATopicThatWasMadeAgain() {
        assertThat(plan(BatchSpec.LATEST, new OffsetRange(0, 3, 10), TOPIC_ID).hash())
                .isEqualTo("c814fa230fcc9e912ca936ec3590494f20e76252c08e4569759e190232dda6ae");
    }

    @Test
    void comesBackFromItsJsonWhetherItHasAnEndOrNot() throws Exception {
        for (BatchPlan plan : List.of(
                plan(BatchSpec.LATEST, new OffsetRange(0, 3, 10), null),
                plan(BatchSpec.NEVER, OffsetRange.openFrom(0, 3), TOPIC_ID))) {
            BatchPlan read = PlanJson.read(PlanJson.write(plan).getBytes(StandardCharsets.UTF_8));

            assertThat(read).isEqualTo(plan);
            assertThat(read.computeHash()).isEqualTo(plan.hash());
        }
    }

    @Test
    void readsAPlanOfAVersionThatKnewNoTopicIds() throws Exception {
        BatchPlan plan = plan(BatchSpec.LATEST, new OffsetRange(0, 3, 10), null);
        String json = PlanJson.write(plan).replace("\"topicId\":null,", "");

        BatchPlan read = PlanJson.read(json.getBytes(StandardCharsets.UTF_8));

        assertThat(json).doesNotContain("topicId");
        assertThat(read).isEqualTo(plan);
    }

    /** So that batches of earlier versions, and those without a table, keep their hash. */
    @Test
    void isAnotherOneWithATableAndTheSameWithoutOne() throws Exception {
        BatchPlan without = plan(BatchSpec.LATEST, new OffsetRange(0, 3, 10), null);
        BatchPlan with = BatchPlan.freeze(
                without.spec().withUpsert("{}"),
                BatchPlan.Inputs.of(without.ranges(), null),
                new BatchPlan.StateLayout(1024, 1),
                new BatchPlan.LedgerPlace(2, 5),
                new BatchPlan.Creation(Instant.EPOCH, "test", null));

        assertThat(PlanJson.write(without)).doesNotContain("upsert");
        assertThat(with.hash()).isNotEqualTo(without.hash());
        assertThat(PlanJson.read(PlanJson.write(with).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(with);
        assertThat(without.spec().differencesTo(with.spec())).containsExactly("upsert-jdbc: none, now {}");
    }

    /** So that batches of earlier versions keep their hash. */
    @Test
    void isAnotherOneWithWhatItsResultsDependOnAndTheSameWithout() throws Exception {
        BatchPlan without = plan(BatchSpec.LATEST, new OffsetRange(0, 3, 10), TOPIC_ID);
        ResultBasis basis = new ResultBasis(
                1 << 20,
                new TreeMap<>(Map.of("revise.attempts", 5L)),
                new TreeMap<>(Map.of("gift-split", new ResultBasis.Jar("gift.jar", "ab"))),
                null);
        BatchPlan with = without.with(basis, "ledger-id");

        assertThat(PlanJson.write(without)).doesNotContain("basis").doesNotContain("ledgerTopicId");
        assertThat(with.hash()).isNotEqualTo(without.hash());
        assertThat(without.with(basis, "other-id").hash()).isNotEqualTo(with.hash());
        assertThat(PlanJson.read(PlanJson.write(with).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(with);
        with.check();
    }

    @Test
    void keepsItsHashWithWhatItLeavesOut() throws Exception {
        BatchPlan plan = plan(BatchSpec.LATEST, new OffsetRange(0, 3, 5), TOPIC_ID);

        BatchPlan told = plan.without(
                List.of(new OpenTail(0, 5, 7, new OpenTail.Transaction(4L, 5L, "loader", Instant.EPOCH, null, false))));

        assertThat(PlanJson.write(plan)).doesNotContain("beyond", "exactTimes", "maxDisorder");
        assertThat(told.hash()).isEqualTo(plan.hash());
        assertThat(PlanJson.read(PlanJson.write(told).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(told);
        told.check();
    }

    @Test
    void hasAnotherHashForAnExactRange() throws Exception {
        BatchPlan plan = plan(BatchSpec.LATEST, new OffsetRange(0, 3, 5), TOPIC_ID);
        BatchSpec exact = plan.spec().withExactTimes(ExactTimes.EVENT, Duration.ofHours(1));

        assertThat(PlanJson.write(exact)).contains("\"exactTimes\":\"EVENT\",\"maxDisorder\":3600.000000000");
        assertThat(PlanJson.read(PlanJson.write(exact).getBytes(StandardCharsets.UTF_8), BatchSpec.class))
                .isEqualTo(exact);
        assertThat(plan.spec().differencesTo(exact))
                .containsExactly("exact-times: none, now EVENT", "max-disorder: none, now PT1H");
    }

    /** So that batches of earlier versions keep their hash. */
    @Test
    void isAnotherOneWithPlacedResultsAndTheSameWithout() throws Exception {
        BatchPlan without = plan(BatchSpec.LATEST, new OffsetRange(0, 3, 10), TOPIC_ID);
        BatchSpec spec = without.spec().withPlacement(new ResultPlacement(2, "/payload/customer", null));
        BatchPlan with = placed(spec, List.of(0L, 0L));
        BatchPlan into =
                placed(without.spec().withPlacement(new ResultPlacement(null, null, "fixed")), List.of(7L, 9L));

        assertThat(PlanJson.write(without)).doesNotContain("placement").doesNotContain("resultStarts");
        assertThat(PlanJson.write(with))
                .contains("\"placement\":{\"partitions\":2,\"key\":\"/payload/customer\"}", "\"resultStarts\":[0,0]");
        assertThat(with.hash()).isNotEqualTo(without.hash());
        for (BatchPlan plan : List.of(with, into)) {
            plan.check();
            assertThat(PlanJson.read(PlanJson.write(plan).getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(plan);
            assertThat(plan.resultPartitions()).isEqualTo(2);
        }
        assertThat(into.spec().resultTopic()).isEqualTo("fixed");
        assertThat(into.spec().deadLetterTopic()).isEqualTo("orders.b.dlq");
        assertThat(into.resultStart(1)).isEqualTo(9);
        assertThat(without.resultPartitions()).isEqualTo(1);
        assertThat(without.spec().differencesTo(spec))
                .containsExactly("result-key: none, now /payload/customer", "result-partitions: none, now 2");
        assertThatThrownBy(placed(without.spec(), List.of(0L))::check).hasMessageContaining("do not belong together");
    }

    private static BatchPlan placed(BatchSpec spec, List<Long> starts) {
        return BatchPlan.freeze(
                spec,
                BatchPlan.Inputs.of(List.of(new OffsetRange(0, 3, 10)), TOPIC_ID)
                        .withResultStarts(starts),
                new BatchPlan.StateLayout(1024, 1),
                new BatchPlan.LedgerPlace(2, 5),
                new BatchPlan.Creation(Instant.EPOCH, "test", null));
    }

    @Test
    void hasNoSizeWhereItFollows() {
        BatchPlan plan = plan(BatchSpec.NEVER, OffsetRange.openFrom(0, 3), TOPIC_ID);

        assertThat(plan.isFollowing()).isTrue();
        assertThat(plan.size()).isZero();
    }

    @Test
    void saysWhichBatchesThereAreAndThatThereIsNone() {
        assertThat(PlanStore.unknown("b", new TreeSet<>(List.of("a", "c"))))
                .hasMessage("there is no batch 'b'; the batches are: a, c");
        assertThat(PlanStore.unknown("b", Set.of()))
                .hasMessage("there is no batch 'b', and no other batch on this Kafka; start one with: run");
    }

    private static BatchPlan plan(String until, OffsetRange range, @Nullable String topicId) {
        BatchSpec spec = new BatchSpec(
                "b",
                new BatchSpec.Range("orders", BatchSpec.EARLIEST, until),
                new BatchSpec.Logic("1", List.of("purchase-split"), new TreeMap<>()),
                DedupeScope.PARTITION,
                ResultHeaders.ORIGIN);
        return BatchPlan.freeze(
                spec,
                BatchPlan.Inputs.of(List.of(range), topicId),
                new BatchPlan.StateLayout(1024, 1),
                new BatchPlan.LedgerPlace(2, 5),
                new BatchPlan.Creation(Instant.EPOCH, "test", null));
    }
}
