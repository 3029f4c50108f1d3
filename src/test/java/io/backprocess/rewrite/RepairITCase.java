package io.backprocess.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.TopicNames;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.TestBatch;
import io.backprocess.verify.Finding;
import io.backprocess.verify.FindingKind;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches that Flink calls FINISHED although it has lost transactions, and their repair. */
@SuppressWarnings("NullAway.Init")
class RepairITCase {
    private static final int PARTITIONS = 4;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(3);

    @TempDir
    Path directory;

    private TestBatch batch;

    @Test
    void writesExactlyWhatWasLost() throws Exception {
        writesExactlyWhatWasLost("results", "deadletters");
    }

    @Nightly
    @ParameterizedTest
    @ValueSource(strings = {"results", "deadletters"})
    void writesExactlyWhatOneSinkLost(String sink) throws Exception {
        writesExactlyWhatWasLost(sink);
    }

    private void writesExactlyWhatWasLost(String... sinks) throws Exception {
        lose(71, sinks);
        Verification damaged = batch.verify();
        assertThat(damaged.verdict()).isEqualTo(Verdict.WRONG);
        BatchLedger ledger = batch.ledger();
        List<OffsetRange> missing = ledger.missing();
        List<OffsetRange> gaps = ledger.partitions().stream()
                .flatMap(partition -> partition.gaps().stream())
                .toList();
        assertThat(ledger.isComplete()).isEqualTo(!List.of(sinks).contains("results"));
        assertThat(damaged.remarks().findings())
                .filteredOn(finding -> finding.kind() == FindingKind.LEDGER_GAP)
                .extracting(Finding::partition, finding -> finding.offset())
                .containsExactlyInAnyOrderElementsOf(gaps.stream()
                        .map(range -> org.assertj.core.groups.Tuple.tuple(range.partition(), range.start()))
                        .toList());
        Map<String, Long> before = ends();

        RepairSummary tried = repair().tryOut(done -> {});
        assertThat(ends()).isEqualTo(before);
        RepairSummary done = repair().execute(progress -> {}, () -> {});

        assertThat(tried.executed()).isFalse();
        assertThat(done).usingRecursiveComparison().ignoringFields("executed").isEqualTo(tried);
        assertThat(done.partitions().stream().flatMap(each -> each.missing().stream()))
                .containsExactlyElementsOf(missing.stream()
                        .map(range -> List.of(range.start(), range.end()))
                        .toList());
        assertThat(done.partitions()).isNotEmpty();
        assertComplete("lost " + String.join(", ", sinks));
        assertThat(repair().execute(progress -> {}, () -> {}).isEmpty()).isTrue();
    }

    @Test
    void goesOnAfterAKillBeforeACommit() throws Exception {
        lose(72, "results", "deadletters");
        Repair killed = repair(20, count -> {
            if (count == 2) {
                throw new KilledException();
            }
        });

        assertThatThrownBy(() -> killed.execute(progress -> {}, () -> {})).isInstanceOf(KilledException.class);
        RepairSummary rest = repair().execute(progress -> {}, () -> {});

        assertThat(rest.isEmpty()).isFalse();
        assertComplete("killed");
    }

    @Nightly
    @Test
    void isTakenOverByAnotherRepair() throws Exception {
        lose(73, "results", "deadletters");
        Repair overtaken = repair(20, count -> {
            if (count == 1) {
                repair().execute(progress -> {}, () -> {});
            }
        });

        assertThatThrownBy(() -> overtaken.execute(progress -> {}, () -> {}))
                .isInstanceOfSatisfying(
                        BatchException.class, e -> assertThat(e.kind()).isEqualTo(BatchException.Kind.REFUSED))
                .hasMessageContaining("has taken over");

        assertComplete("overtaken");
    }

    @Test
    void refusesWhatItWouldNotFix() throws Exception {
        lose(74, "results");
        KAFKA.send(new ProducerRecord<>(
                batch.plan.spec().resultTopic(), 0, 1L, null, "junk".getBytes(StandardCharsets.UTF_8)));
        Map<String, Long> before = ends();

        assertRefused("unexpected-result at " + batch.plan.spec().resultTopic() + "/0");

        assertThat(ends()).isEqualTo(before);
    }

    @Nightly
    @Test
    void refusesWhereTheSourceIsGone() throws Exception {
        lose(75, "results");
        OffsetRange missing = batch.ledger().missing().get(0);
        KAFKA.deleteRecordsBefore(batch.plan.spec().sourceTopic(), missing.partition(), missing.start() + 1);

        assertRefused("it lacks %s-%d %d to %d"
                .formatted(batch.plan.spec().sourceTopic(), missing.partition(), missing.start(), missing.end()));
        assertRefused("the records before offset %d have been deleted".formatted(missing.start() + 1));
    }

    private void assertRefused(String message) {
        for (boolean execute : new boolean[] {false, true}) {
            assertThatThrownBy(() -> {
                        if (execute) {
                            repair().execute(progress -> {}, () -> {});
                        } else {
                            repair().tryOut(progress -> {});
                        }
                    })
                    .isInstanceOfSatisfying(
                            BatchException.class, e -> assertThat(e.kind()).isEqualTo(BatchException.Kind.REFUSED))
                    .hasMessageContaining(message);
        }
    }

    private void lose(long seed, String... sinks) throws Exception {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        KAFKA.send(new RandomHistory(topic, PARTITIONS, seed).records(4000));
        batch = new TestBatch(
                KAFKA,
                topic,
                "purchase-split",
                DedupeScope.PARTITION,
                directory.toUri().toString());
        batch.runToItsEndWithALoss(200, sinks);
    }

    private Repair repair() {
        return new Repair(batch.plan, KAFKA.clients(), getClass().getClassLoader());
    }

    private Repair repair(int records, IntConsumer before) {
        return new Repair(
                batch.plan,
                KAFKA.clients(),
                getClass().getClassLoader(),
                new CommitPolicy(records, Duration.ofMinutes(1), before, count -> {}));
    }

    private void assertComplete(String story) {
        Verification verification = batch.verify();
        assertThat(verification.remarks().findings()).as(story).isEmpty();
        assertThat(verification.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(verification.recounted()).isEqualTo(verification.outcomes().ledger());
        batch.assertAsTheOracleSaysInAnyOrder(story);
    }

    private Map<String, Long> ends() {
        Map<String, Long> ends = new TreeMap<>();
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            for (String topic :
                    List.of(batch.plan.spec().resultTopic(), batch.plan.spec().deadLetterTopic(), TopicNames.LEDGER)) {
                for (int partition = 0; partition < KAFKA.partitions(topic); partition++) {
                    ends.put(topic + "-" + partition, admin.highWatermark(topic, partition));
                }
            }
        }
        return ends;
    }

    private static final class KilledException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
