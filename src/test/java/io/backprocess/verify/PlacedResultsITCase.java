package io.backprocess.verify;

import static io.backprocess.testing.Completeness.assertComplete;
import static io.backprocess.testing.Place.assertWrong;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultPlacement;
import io.backprocess.event.Origin;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sabotage on results that their keys have spread over other partitions than those of the source. */
class PlacedResultsITCase {
    private static final int SOURCE_PARTITIONS = 3;
    private static final int RESULT_PARTITIONS = 2;
    /** More than fit into one block of the temporary file. */
    private static final int EVENTS = 8_000;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final String SOURCE = KAFKA.unique("history");

    @BeforeAll
    static void writeAHistory() {
        KAFKA.createTopic(SOURCE, SOURCE_PARTITIONS, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            byte[] key = i % 7 == 0 ? null : ("key-" + i % 50).getBytes(UTF_8);
            String sku = i % 2 == 0 ? "SKU-BASIC-1" : "SKU-PREMIUM-1";
            records.add(new ProducerRecord<>(
                    SOURCE,
                    i % SOURCE_PARTITIONS,
                    1_700_000_000_000L,
                    key,
                    DirtyTopic.purchase("e-" + i, sku, i % 100 == 0 ? "-1" : "1")
                            .getBytes(UTF_8)));
        }
        KAFKA.send(records);
    }

    @ParameterizedTest
    @EnumSource
    void findsACorrectBatchComplete(DedupeScope scope) {
        WrittenBatch batch = placed(scope).write();

        assertComplete(batch.verify());
    }

    @Test
    void findsACorrectBatchWithANewKeyComplete() {
        WrittenBatch batch = WrittenBatch.placed(
                        KAFKA, SOURCE, DedupeScope.PARTITION, new ResultPlacement(5, "/payload/actionType", null))
                .write();

        assertComplete(batch.verify());
        // Two kinds of results have two keys, and each key has one partition.
        assertThat(batch.results.stream().filter(records -> !records.isEmpty())).hasSizeLessThanOrEqualTo(2);
        assertThat(KAFKA.read(batch.resultTopic()))
                .extracting(result -> new String(result.key(), UTF_8))
                .containsOnly("SubscriptionAPurchased", "SubscriptionBPurchased");
    }

    @ParameterizedTest
    @EnumSource
    void namesWhatIsMissingDoubledAndAltered(DedupeScope scope) {
        WrittenBatch batch = placed(scope);
        List<ProducerRecord<byte[], byte[]>> records = batch.results.get(1);
        Origin dropped = origin(records.get(2000));
        ProducerRecord<byte[], byte[]> altered = records.get(100);
        records.set(
                100,
                new ProducerRecord<>(
                        altered.topic(),
                        1,
                        altered.timestamp(),
                        altered.key(),
                        "{}".getBytes(UTF_8),
                        altered.headers()));
        records.add(1000, records.get(900));
        records.remove(2001);

        Verification verification = batch.write().verify();

        assertWrong(
                verification,
                new Place(FindingKind.ALTERED_RESULT, batch.resultTopic(), 1, 100L),
                new Place(
                        FindingKind.UNEXPECTED_RESULT,
                        batch.resultTopic(),
                        1,
                        // Without an order, any of the two copies may be the second one.
                        unexpected(verification)),
                new Place(FindingKind.MISSING_RESULT, SOURCE, dropped.partition(), dropped.offset()));
        assertThat(unexpected(verification)).isIn(900L, 1000L);
    }

    private static long unexpected(Verification verification) {
        return verification.remarks().findings().stream()
                .filter(finding -> finding.kind() == FindingKind.UNEXPECTED_RESULT)
                .map(Finding::offset)
                .findFirst()
                .orElse(-1L);
    }

    @ParameterizedTest
    @EnumSource
    void namesAResultInAPartitionThatItsKeyDoesNotChoose(DedupeScope scope) {
        WrittenBatch batch = placed(scope);
        ProducerRecord<byte[], byte[]> moved = batch.results.get(0).remove(700);
        Origin origin = origin(moved);
        int end = batch.results.get(1).size();
        batch.results
                .get(1)
                .add(new ProducerRecord<>(
                        moved.topic(), 1, moved.timestamp(), moved.key(), moved.value(), moved.headers()));

        Verification verification = batch.write().verify();

        Place there = new Place(
                scope == DedupeScope.PARTITION ? FindingKind.UNEXPECTED_RESULT : FindingKind.ALTERED_RESULT,
                batch.resultTopic(),
                1,
                (long) end);
        if (scope == DedupeScope.PARTITION) {
            assertWrong(
                    verification,
                    there,
                    new Place(FindingKind.MISSING_RESULT, SOURCE, origin.partition(), origin.offset()));
        } else {
            assertWrong(verification, there);
        }
    }

    @Test
    void namesWhatIsNotInTheOrderOfItsSourcePartition() {
        WrittenBatch batch = placed(DedupeScope.PARTITION);
        List<ProducerRecord<byte[], byte[]>> records = batch.results.get(0);
        int one = 300;
        int other = one + 1;
        while (origin(records.get(other)).partition()
                != origin(records.get(one)).partition()) {
            other++;
        }
        Collections.swap(records, one, other);

        Verification verification = batch.write().verify();

        assertThat(verification.verdict()).isEqualTo(Verdict.WRONG);
        assertThat(verification.remarks().findings())
                .singleElement()
                .matches(finding -> finding.kind() == FindingKind.OUT_OF_ORDER_RESULT)
                .matches(finding -> finding.partition() == 0);
    }

    /** What comes from different partitions of the source has no order among itself. */
    @Test
    void findsAnotherMixtureOfTheSourcePartitionsComplete() {
        WrittenBatch batch = placed(DedupeScope.PARTITION);
        batch.results.forEach(records -> {
            List<ProducerRecord<byte[], byte[]>> mixed = new ArrayList<>();
            for (int partition = SOURCE_PARTITIONS - 1; partition >= 0; partition--) {
                int source = partition;
                records.stream()
                        .filter(record -> origin(record).partition() == source)
                        .forEach(mixed::add);
            }
            records.clear();
            records.addAll(mixed);
        });

        assertComplete(batch.write().verify());
    }

    @Test
    void namesWhatAnotherProcessAppended() {
        WrittenBatch batch = placed(DedupeScope.PARTITION).write();
        long end = batch.results.get(1).size();
        KAFKA.send(new ProducerRecord<>(batch.resultTopic(), 1, 1L, null, "{}".getBytes(UTF_8)));

        assertWrong(batch.verify(), new Place(FindingKind.UNEXPECTED_RESULT, batch.resultTopic(), 1, end));
    }

    private static WrittenBatch placed(DedupeScope scope) {
        return WrittenBatch.placed(KAFKA, SOURCE, scope, new ResultPlacement(RESULT_PARTITIONS, null, null));
    }

    private static Origin origin(ProducerRecord<byte[], byte[]> result) {
        return Origin.parse(
                new String(result.headers().lastHeader("backprocess.source").value(), UTF_8));
    }
}
