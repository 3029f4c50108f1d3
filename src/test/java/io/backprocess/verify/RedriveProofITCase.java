package io.backprocess.verify;

import static io.backprocess.testing.Completeness.assertComplete;
import static io.backprocess.verify.WrittenBatch.sourceOffset;
import static io.backprocess.verify.WrittenBatch.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.batch.SizeLimits;
import io.backprocess.deadletter.DeadLetterFilter;
import io.backprocess.event.LedgerEntry;
import io.backprocess.event.Reason;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.ledger.Offsets;
import io.backprocess.ledger.Redriven;
import io.backprocess.replay.Replay;
import io.backprocess.revise.RejectedException;
import io.backprocess.rewrite.Redrive;
import io.backprocess.rewrite.RedriveRequest;
import io.backprocess.rewrite.RedriveSummary;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A redriven batch is proven as any other, and every change to its redriven records is found. */
class RedriveProofITCase {
    private static final String REASON = "__backprocess.errors.reason";

    private static final String REVISION = "purchase-split-with-faults";

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static String source = "";

    @BeforeAll
    static void aHistory() {
        source = KAFKA.unique("orders");
        KAFKA.createTopic(source, 3, "retention.ms=-1");
        KAFKA.send(
                record(0, purchase("same-0", 1)),
                record(0, purchase("same-0", 1)),
                record(0, purchase("same-3", 1)),
                record(1, purchase("same-3", 1)),
                record(0, purchase("same-6", 1)),
                record(0, purchase("same-6", 2)),
                record(0, purchase("rejected", -1)),
                record(1, "no JSON"),
                new ProducerRecord<>(source, 1, 1L, (byte[]) null, (byte[]) null));
        for (int i = 0; i < 30; i++) {
            KAFKA.send(record(i % 2, purchase("e-" + i, i)));
        }
    }

    @BeforeEach
    void everyThirdIsRejected() {
        rejects(3);
    }

    @AfterEach
    void nothingFails() {
        FaultyPurchaseSplit.throwsAt = event -> null;
    }

    /** Those whose number can be divided so. */
    private static void rejects(int divisor) {
        FaultyPurchaseSplit.throwsAt =
                event -> Integer.parseInt("0" + event.eventId().replaceAll("\\D", "")) % divisor == 0
                        ? new RejectedException("not yet, by " + divisor)
                        : null;
    }

    private static void onlyOneIsRejected() {
        FaultyPurchaseSplit.throwsAt = event -> event.eventId().equals("e-3") ? new RejectedException("not yet") : null;
    }

    static Stream<Arguments> scopesAndHeaders() {
        return Stream.of(DedupeScope.values())
                .flatMap(scope -> Stream.of(ResultHeaders.values()).map(headers -> Arguments.of(scope, headers)));
    }

    @ParameterizedTest
    @MethodSource("scopesAndHeaders")
    void aRedrivenBatchIsComplete(DedupeScope scope, ResultHeaders headers) {
        WrittenBatch batch = batch(scope, headers);
        assertComplete(batch.verify());

        rejects(9);
        RedriveSummary first = redrive(batch);
        Verification afterFirst = batch.verify();
        nothingFails();
        RedriveSummary second = redrive(batch);
        Verification afterSecond = batch.verify();

        assertThat(first.redriven().succeeded()).isPositive();
        assertThat(first.redriven().failedByReason()).containsOnlyKeys("malformed-json", "rejected", "tombstone");
        assertComplete(afterFirst);
        assertThat(afterFirst.redriven())
                .isEqualTo(first.redriven().succeeded() + first.redriven().failed());
        assertThat(second.redriven().succeeded()).isPositive();
        assertThat(second.kept().unchanged()).isEqualTo(2);
        assertThat(second.redriven().failedByReason()).isEqualTo(Map.of("rejected", 1L));
        assertComplete(afterSecond);
        assertThat(afterSecond.recounted().deadLetters())
                .isEqualTo(3 + second.kept().conflicts());
    }

    @ParameterizedTest
    @MethodSource("scopesAndHeaders")
    void aResultThatAnotherProcessAddedIsUnexpected(DedupeScope scope, ResultHeaders headers) {
        WrittenBatch batch = redriven(scope, headers);
        ConsumerRecord<byte[], byte[]> last = last(batch.resultTopic());
        KAFKA.send(new ProducerRecord<>(
                batch.resultTopic(), 1, last.timestamp(), last.key(), last.value(), last.headers()));

        assertThat(batch.verify().remarks().findings())
                .extracting(Finding::kind, Finding::partition, Finding::offset)
                .containsExactly(tuple(FindingKind.UNEXPECTED_RESULT, 1, end(batch.resultTopic()) - 1));
    }

    @ParameterizedTest
    @EnumSource(DedupeScope.class)
    void aResultThatIsGoneIsMissing(DedupeScope scope) {
        onlyOneIsRejected();
        WrittenBatch batch = batch(scope, ResultHeaders.ORIGIN);
        nothingFails();
        ConsumerRecord<byte[], byte[]> letter = batch.rejectedIn(1);
        claim(batch, letter, List.of(end(batch.resultTopic())), List.of(), 1);

        assertThat(batch.verify().remarks().findings())
                .extracting(Finding::kind, Finding::topic, Finding::offset)
                .containsExactly(tuple(FindingKind.MISSING_RESULT, source, sourceOffset(letter)));
    }

    @ParameterizedTest
    @MethodSource("scopesAndHeaders")
    void aResultOfOtherContentIsAltered(DedupeScope scope, ResultHeaders headers) {
        onlyOneIsRejected();
        WrittenBatch batch = batch(scope, headers);
        nothingFails();
        ConsumerRecord<byte[], byte[]> letter = batch.rejectedIn(1);
        ProducerRecord<byte[], byte[]> forged =
                new ProducerRecord<>(batch.resultTopic(), 1, 1L, null, bytes("{}"), List.of());
        if (headers != ResultHeaders.NONE) {
            forged.headers().add("backprocess.source", bytes(source + "/1/" + sourceOffset(letter)));
        }
        long offset = KAFKA.send(forged).get(0).offset();
        claim(batch, letter, List.of(offset), List.of(), 1);

        assertThat(batch.verify().remarks().findings())
                .extracting(Finding::kind, Finding::topic, Finding::offset)
                .containsExactly(tuple(FindingKind.ALTERED_RESULT, batch.resultTopic(), offset));
    }

    @ParameterizedTest
    @EnumSource(DedupeScope.class)
    void aDeadLetterThatWasRedrivenTwiceIsFound(DedupeScope scope) {
        WrittenBatch batch = redriven(scope, ResultHeaders.ORIGIN);
        ConsumerRecord<byte[], byte[]> letter = batch.rejectedIn(1);
        ConsumerRecord<byte[], byte[]> result = batch.resultOf(letter);
        long again = KAFKA.send(new ProducerRecord<>(
                        batch.resultTopic(), 1, result.timestamp(), result.key(), result.value(), result.headers()))
                .get(0)
                .offset();
        claim(batch, letter, List.of(again), List.of(), 1);

        assertThat(batch.verify().remarks().findings())
                .extracting(Finding::kind, Finding::topic, Finding::offset)
                .contains(tuple(FindingKind.LEDGER_OVERLAP, batch.deadLetterTopic(), letter.offset()));
    }

    @Test
    void aDeadLetterThatShouldBeAResultIsFound() {
        WrittenBatch batch = batch(DedupeScope.PARTITION, ResultHeaders.ORIGIN);
        rejects(1);
        redrive(batch);
        nothingFails();

        Verification verification = batch.verify();

        assertThat(verification.remarks().findings())
                .extracting(Finding::kind)
                .contains(FindingKind.UNEXPECTED_DEAD_LETTER, FindingKind.MISSING_RESULT, FindingKind.LEDGER_MISMATCH);
    }

    @Test
    void aResultThatShouldBeADeadLetterIsFound() {
        WrittenBatch batch = batch(DedupeScope.PARTITION, ResultHeaders.ORIGIN);
        nothingFails();
        redrive(batch);
        FaultyPurchaseSplit.throwsAt =
                event -> event.eventId().equals("e-0") ? new RejectedException("after all") : null;

        assertThat(batch.verify().remarks().findings())
                .extracting(Finding::kind, Finding::topic)
                .contains(
                        tuple(FindingKind.MISSING_DEAD_LETTER, source),
                        tuple(FindingKind.UNEXPECTED_RESULT, batch.resultTopic()));
    }

    /** The first reason of the letter cannot be recounted, but the redrive has counted it. */
    @Test
    void aReasonThatTheRedriveDidNotReadIsFound() {
        WrittenBatch batch = WrittenBatch.of(REVISION, KAFKA, source, DedupeScope.PARTITION, ResultHeaders.ORIGIN);
        batch.deadLetters.forEach(letters -> letters.stream()
                .filter(letter -> new String(letter.headers().lastHeader(REASON).value(), StandardCharsets.UTF_8)
                        .equals("rejected"))
                .limit(1)
                .forEach(letter ->
                        letter.headers().remove(REASON).add(REASON, "invalid-field".getBytes(StandardCharsets.UTF_8))));
        batch.write();
        ConsumerRecord<byte[], byte[]> letter = KAFKA.read(batch.deadLetterTopic()).stream()
                .filter(each -> text(each, REASON).equals("invalid-field"))
                .findFirst()
                .orElseThrow();
        nothingFails();
        claim(batch, letter.offset(), List.of(), List.of(), letter.partition(), 1);

        assertThat(batch.verify().remarks().findings())
                .anySatisfy(
                        finding -> assertThat(finding.message())
                                .isEqualTo(
                                        "a redrive's ledger line counts {rejected=-1} dead letters by reason, but the dead letters give {invalid-field=-1}"));
    }

    @Test
    void aDeadLetterThatIsNotThereIsMissing() {
        WrittenBatch batch = batch(DedupeScope.PARTITION, ResultHeaders.ORIGIN);
        ConsumerRecord<byte[], byte[]> letter = batch.rejectedIn(1);
        long nowhere = end(batch.deadLetterTopic()) + 5;
        claim(batch, nowhere, List.of(), List.of(), letter.partition(), 0);

        assertThat(batch.verify().remarks().findings())
                .extracting(Finding::kind, Finding::topic, Finding::offset)
                .contains(tuple(FindingKind.MISSING_DEAD_LETTER, batch.deadLetterTopic(), nowhere));
    }

    @Test
    void saysWhichRevisionOfARedriveIsNotAtHand() {
        WrittenBatch batch = batch(DedupeScope.PARTITION, ResultHeaders.ORIGIN);
        Redriven part = new Redriven(List.of("of-our-own"), Map.of(), new Offsets(), new Offsets(), new Offsets());
        send(batch, part, 1, 0, 0);

        assertThatThrownBy(batch::verify)
                .isInstanceOf(BatchException.class)
                .hasMessageContaining("was redriven with revision of-our-own")
                .hasMessageContaining("--revision-jar");
    }

    @Test
    void refusesABatchThatIsNotComplete() {
        WrittenBatch batch = WrittenBatch.of(REVISION, KAFKA, source, DedupeScope.PARTITION, ResultHeaders.ORIGIN);
        batch.lines.removeIf(line -> line.partition() == 1 && line.checkpoint() == 2);
        batch.write();

        assertThatThrownBy(() -> redrive(batch))
                .isInstanceOfSatisfying(
                        BatchException.class, e -> assertThat(e.kind()).isEqualTo(BatchException.Kind.REFUSED))
                .hasMessageContaining("is not complete yet");
        assertThatThrownBy(() -> redrive(batch.plan).tryOut()).hasMessageContaining("is not complete yet");
    }

    private static WrittenBatch redriven(DedupeScope scope, ResultHeaders headers) {
        WrittenBatch batch = batch(scope, headers);
        FaultyPurchaseSplit.throwsAt = event -> null;
        redrive(batch);
        assertComplete(batch.verify());
        return batch;
    }

    private static WrittenBatch batch(DedupeScope scope, ResultHeaders headers) {
        return WrittenBatch.of(REVISION, KAFKA, source, scope, headers).write();
    }

    private static RedriveSummary redrive(WrittenBatch batch) {
        return redrive(batch.plan).execute();
    }

    private static Redrive redrive(io.backprocess.batch.BatchPlan plan) {
        return new Redrive(
                plan,
                KAFKA.clients(),
                RedriveProofITCase.class.getClassLoader(),
                new RedriveRequest(
                        new DeadLetterFilter(Set.<Reason>of(), null, null), null, List.of(REVISION), Map.of(), null));
    }

    /** A ledger line as a redrive would have written it, of one dead letter. */
    private static void claim(
            WrittenBatch batch,
            ConsumerRecord<byte[], byte[]> letter,
            List<Long> results,
            List<Long> failed,
            int taken) {
        claim(batch, letter.offset(), results, failed, letter.partition(), taken);
    }

    private static void claim(
            WrittenBatch batch, long letter, List<Long> results, List<Long> failed, int partition, int taken) {
        Redriven part =
                new Redriven(List.of(REVISION), Map.of(), offsets(List.of(letter)), offsets(results), offsets(failed));
        send(batch, part, partition, taken, results.size());
    }

    private static void send(WrittenBatch batch, Redriven part, int partition, int taken, int results) {
        LedgerLine line = new LedgerLine(
                batch.plan.spec().batchId(),
                partition,
                -1,
                0,
                LedgerLine.Covered.NONE,
                new LedgerLine.Outcomes(
                        0, Map.of(), 0, taken == 0 ? Map.of() : Map.of("rejected", -1L), taken, results));
        Replay replay = new Replay(
                batch.plan,
                SizeLimits.ofResults(batch.maxResultBytes),
                null,
                RedriveProofITCase.class.getClassLoader(),
                null);
        KAFKA.send(replay.ledgerEntry(new LedgerEntry(partition, part.write(line))));
        assertThat(LedgerReader.of(batch.plan, KAFKA.clients()).read().laterLines())
                .isPositive();
    }

    private static Offsets offsets(List<Long> all) {
        Offsets offsets = new Offsets();
        all.forEach(offsets::add);
        return offsets;
    }

    private static ConsumerRecord<byte[], byte[]> last(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records =
                KAFKA.readByPartition(topic).getOrDefault(1, List.of());
        return records.get(records.size() - 1);
    }

    /** Of partition 1; the next record gets this offset. */
    private static long end(String topic) {
        try {
            var partition = new org.apache.kafka.common.TopicPartition(topic, 1);
            return KAFKA.admin()
                    .listOffsets(Map.of(partition, org.apache.kafka.clients.admin.OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get()
                    .offset();
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static String purchase(String eventId, int amount) {
        return "{\"eventId\":\"%s\",\"processVersion\":1,\"payload\":{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":%d}}"
                .formatted(eventId, amount);
    }

    private static ProducerRecord<byte[], byte[]> record(int partition, String value) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(source, partition, 1_700_000_000_000L, bytes("k"), bytes(value));
        record.headers().add("trace", bytes("t-1"));
        return record;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
