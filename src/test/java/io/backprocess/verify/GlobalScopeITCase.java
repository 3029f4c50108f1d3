package io.backprocess.verify;

import static io.backprocess.testing.Place.assertWrong;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Place;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** In global scope either copy may win, in any order, but every choice must be consistent. */
class GlobalScopeITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static String source = "";

    @BeforeAll
    static void aHistoryWithCopiesInSeveralPartitions() {
        source = KAFKA.unique("orders");
        KAFKA.createTopic(source, 3, "retention.ms=-1");
        KAFKA.send(
                record(0, purchase("same", "SKU-BASIC-1", "1")),
                record(1, purchase("same", "SKU-BASIC-1", "1")),
                record(1, purchase("same", "SKU-BASIC-1", "1")),
                record(0, purchase("differs", "SKU-BASIC-1", "1")),
                record(1, purchase("differs", "SKU-PREMIUM-1", "2")),
                record(0, purchase("rejected", "SKU-BASIC-1", "-1")),
                record(1, purchase("rejected", "SKU-BASIC-1", "-1")),
                record(0, purchase("good-or-bad", "SKU-BASIC-1", "5")),
                record(1, purchase("good-or-bad", "SKU-BASIC-1", "-5")),
                record(0, "no JSON"));
        for (int i = 0; i < 20; i++) {
            KAFKA.send(record(i % 2, purchase("e-" + i, "SKU-PREMIUM-1", "1")));
        }
    }

    static Stream<Arguments> headersAndOrder() {
        return Stream.of(ResultHeaders.values()).flatMap(headers -> Stream.of(List.of(0, 1, 2), List.of(1, 0, 2))
                .map(order -> Arguments.of(headers, order)));
    }

    @ParameterizedTest
    @MethodSource("headersAndOrder")
    void takesWhicheverCopyWonAndAnyOrder(ResultHeaders headers, List<Integer> order) {
        WrittenBatch batch = batch(headers, order);
        batch.results.forEach(Collections::reverse);
        batch.deadLetters.forEach(Collections::reverse);

        Verification verification = batch.write().verify();

        assertThat(verification.remarks().findings()).isEmpty();
        assertThat(verification.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(verification.recounted()).isEqualTo(verification.outcomes().ledger());
        assertThat(verification.recounted().duplicates()).isEqualTo(3);
        assertThat(verification.outcomes().resultsOnTopic())
                .isEqualTo(verification.recounted().results());
    }

    @ParameterizedTest
    @MethodSource("headersAndOrder")
    void namesWhatIsMissing(ResultHeaders headers, List<Integer> order) {
        WrittenBatch batch = batch(headers, order);
        batch.results.get(1).remove(batch.results.get(1).size() - 1);
        batch.deadLetters.get(0).remove(batch.deadLetters.get(0).size() - 1);

        Verification verification = batch.write().verify();

        assertWrong(
                verification,
                new Place(FindingKind.MISSING_RESULT, source, 1, 14L),
                new Place(FindingKind.MISSING_DEAD_LETTER, source, 0, 4L));
    }

    @Test
    void namesTheFirstCopyWhereTheResultOfAllCopiesIsMissing() {
        WrittenBatch batch = batch(ResultHeaders.ORIGIN, List.of(1, 0, 2));
        batch.results.get(1).remove(0);

        Verification verification = batch.write().verify();

        // It is no longer known which copy had been taken; the ledger had counted it in partition 1.
        assertWrong(
                verification,
                new Place(FindingKind.MISSING_RESULT, source, 0, 0L),
                new Place(FindingKind.LEDGER_MISMATCH, source, 0, null),
                new Place(FindingKind.LEDGER_MISMATCH, source, 1, null));
    }

    @Test
    void namesTheConflictThatIsNoDeadLetter() {
        WrittenBatch batch = batch(ResultHeaders.ORIGIN, List.of(0, 1, 2));
        batch.deadLetters
                .get(1)
                .remove(batch.deadLetters.get(1).stream()
                        .filter(letter -> text(letter.value()).contains("differs"))
                        .findFirst()
                        .orElseThrow());

        assertWrong(batch.write().verify(), new Place(FindingKind.MISSING_DEAD_LETTER, source, 1, 2L));
    }

    @Test
    void anEventIdThatWasTakenTwiceIsUnexpected() {
        WrittenBatch batch = batch(ResultHeaders.ORIGIN, List.of(0, 1, 2));
        WrittenBatch other = WrittenBatch.of(KAFKA, source, DedupeScope.GLOBAL, ResultHeaders.ORIGIN, 1, 0, 2);
        ProducerRecord<byte[], byte[]> taken = other.results.get(1).get(0);
        String value = text(taken.value())
                .replace(other.plan.spec().batchId(), batch.plan.spec().batchId());
        batch.results
                .get(1)
                .add(new ProducerRecord<>(
                        batch.resultTopic(), 1, taken.timestamp(), taken.key(), bytes(value), taken.headers()));

        Verification verification = batch.write().verifyOnce();

        // Which copy is met first is open; where it is the wrong one, both partitions differ from the ledger as well.
        assertThat(verification.remarks().findings().stream().map(Finding::kind).toList())
                .isIn(
                        List.of(FindingKind.UNEXPECTED_RESULT),
                        List.of(
                                FindingKind.LEDGER_MISMATCH,
                                FindingKind.LEDGER_MISMATCH,
                                FindingKind.UNEXPECTED_RESULT));
    }

    @Test
    void namesWhatIsAlteredOrTooMuch() {
        WrittenBatch batch = batch(ResultHeaders.ORIGIN, List.of(0, 1, 2));
        ProducerRecord<byte[], byte[]> result = batch.results.get(0).get(3);
        batch.results
                .get(0)
                .set(
                        3,
                        new ProducerRecord<>(
                                result.topic(), 0, result.timestamp(), result.key(), bytes("{}"), result.headers()));
        batch.results.get(1).add(batch.results.get(1).get(2));
        batch.results.get(2).add(new ProducerRecord<>(batch.resultTopic(), 2, 1L, null, bytes("foreign")));
        int last = batch.results.get(1).size() - 1;

        Verification verification = batch.write().verify();

        assertThat(verification.verdict()).isEqualTo(Verdict.WRONG);
        assertThat(verification.remarks().findings())
                .extracting(Finding::kind, Finding::partition)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple(FindingKind.ALTERED_RESULT, 0),
                        org.assertj.core.groups.Tuple.tuple(FindingKind.UNEXPECTED_RESULT, 1),
                        org.assertj.core.groups.Tuple.tuple(FindingKind.UNEXPECTED_RESULT, 2));
        assertThat(verification.remarks().findings())
                .filteredOn(finding -> finding.partition() == 1)
                .allSatisfy(finding -> assertThat(finding.offset()).isIn(2L, (long) last));
    }

    @Test
    void anUnfinishedBatchIsIncomplete() {
        WrittenBatch batch = batch(ResultHeaders.ORIGIN, List.of(0, 1, 2));
        batch.lines.removeIf(line -> line.partition() == 1 && line.checkpoint() == 2);

        assertThat(batch.write().verify().verdict()).isEqualTo(Verdict.INCOMPLETE);
    }

    private static WrittenBatch batch(ResultHeaders headers, List<Integer> order) {
        return WrittenBatch.of(KAFKA, source, DedupeScope.GLOBAL, headers, order.toArray(Integer[]::new));
    }

    private static String purchase(String eventId, String sku, String amount) {
        return "{\"eventId\":\"%s\",\"processVersion\":1,\"payload\":{\"actionType\":\"Purchased\",\"itemSku\":\"%s\",\"amount\":%s}}"
                .formatted(eventId, sku, amount);
    }

    private static ProducerRecord<byte[], byte[]> record(int partition, String value) {
        return new ProducerRecord<>(source, partition, 1_700_000_000_000L, null, bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte @Nullable [] utf8) {
        return utf8 == null ? "" : new String(utf8, StandardCharsets.UTF_8);
    }
}
