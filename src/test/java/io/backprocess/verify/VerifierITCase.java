package io.backprocess.verify;

import static io.backprocess.testing.Place.assertWrong;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.Figures;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.rewrite.Repair;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Place;
import io.backprocess.testing.TestBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Sabotage on a batch that was written without Flink. Partition 0 is dirty, 1 has gaps, 2 is empty, 3 is plain. */
class VerifierITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final int PLAIN = 3;
    private static String source = "";

    @BeforeAll
    static void aDirtyHistory() {
        source = KAFKA.unique("orders");
        KAFKA.createTopic(source, 4, "retention.ms=-1");
        KAFKA.send(
                record(0, purchase("e-1", "SKU-PREMIUM-1", "10.50")),
                record(0, purchase("e-1", "SKU-PREMIUM-1", "10.50")),
                record(0, purchase("e-1", "SKU-BASIC-1", "99")),
                record(0, "{\"eventId\":\"e-2\",\"processVersion\":2,\"payload\":{}}"),
                record(0, "{\"eventId\":"),
                record(0, null),
                record(0, purchase("e-3", "SKU-PREMIUM-1", "-999")),
                record(
                        0,
                        "{\"eventId\":\"e-4\",\"processVersion\":1.0,\"payload\":{\"actionType\":\"Purchased\",\"items\":["
                                + "{\"itemSku\":\"SKU-PREMIUM-1\",\"amount\":1},{\"itemSku\":\"SKU-BASIC-1\",\"amount\":2},"
                                + "{\"itemSku\":\"SKU-OTHER\",\"amount\":3}]}}"),
                record(0, "{\"eventId\":\"e-5\",\"userId\":\"u\",\"actionType\":\"a\",\"timestamp\":1}"),
                record(0, purchase("e-6", "SKU-BASIC-1", "5")));
        KAFKA.send(record(1, purchase("f-0", "SKU-BASIC-1", "1")));
        KAFKA.sendAndAbort(List.of(record(1, purchase("f-1", "SKU-BASIC-1", "1"))));
        KAFKA.sendAndCommit(List.of(record(1, purchase("f-2", "SKU-BASIC-1", "1")), record(1, "[]")));
        KAFKA.sendAndAbort(List.of(record(1, purchase("f-3", "SKU-BASIC-1", "1"))));
        List<ProducerRecord<byte[], byte[]>> plain = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            boolean rejected = i % 10 == 9;
            plain.add(record(PLAIN, purchase("g-" + i, "SKU-PREMIUM-" + i, rejected ? "-" + i : "" + i)));
        }
        KAFKA.send(plain);
    }

    @ParameterizedTest
    @EnumSource
    void findsACorrectBatchComplete(ResultHeaders headers) {
        WrittenBatch batch = batch(headers).write();

        Verification verification = batch.verify();

        assertThat(verification.remarks().findings()).isEmpty();
        assertThat(verification.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(verification.remaining()).isZero();
        assertThat(verification.recounted())
                .isEqualTo(verification.outcomes().ledger())
                .isEqualTo(new Figures(113, 1, 1, 5 + 1 + 10, 3 + 2 + 90, 5 + 2 + 90));
        assertThat(verification.outcomes().resultsOnTopic()).isEqualTo(97);
        assertThat(verification.outcomes().deadLettersOnTopic()).isEqualTo(16);
        assertThat(verification.partitions().get(2).outcomes().recounted()).isEqualTo(Figures.NONE);
    }

    static Stream<Arguments> headersAndOutput() {
        return Stream.of(
                Arguments.of(ResultHeaders.ORIGIN, Output.RESULTS),
                Arguments.of(ResultHeaders.NONE, Output.RESULTS),
                Arguments.of(ResultHeaders.ORIGIN, Output.DEAD_LETTERS));
    }

    @ParameterizedTest
    @MethodSource("headersAndOutput")
    void namesTheSourceOfWhatWasDropped(ResultHeaders headers, Output output) {
        WrittenBatch batch = batch(headers);
        records(batch, output).remove(3);

        Verification verification = batch.write().verify();

        assertWrong(verification, new Place(output.missing, source, PLAIN, output == Output.RESULTS ? 3L : 39L));
    }

    @ParameterizedTest
    @MethodSource("headersAndOutput")
    void namesTheSecondCopy(ResultHeaders headers, Output output) {
        WrittenBatch batch = batch(headers);
        records(batch, output).add(5, records(batch, output).get(3));

        Verification verification = batch.write().verify();

        assertWrong(verification, new Place(output.unexpected, topic(batch, output), PLAIN, 5L));
    }

    @ParameterizedTest
    @MethodSource("headersAndOutput")
    void namesWhatAnotherProcessAppendedLater(ResultHeaders headers, Output output) {
        WrittenBatch batch = batch(headers).write();
        int there = records(batch, output).size();
        KAFKA.send(new ProducerRecord<>(topic(batch, output), PLAIN, 1L, null, bytes("{}")));

        Verification verification = batch.verify();

        assertWrong(verification, new Place(output.unexpected, topic(batch, output), PLAIN, (long) there));
    }

    @ParameterizedTest
    @MethodSource("headersAndOutput")
    void namesWhatWasAltered(ResultHeaders headers, Output output) {
        WrittenBatch batch = batch(headers);
        List<ProducerRecord<byte[], byte[]>> records = records(batch, output);
        records.set(1, copy(records.get(1), 1_700_000_000_000L, bytes("key"), bytes("{}")));
        records.set(
                3,
                copy(
                        records.get(3),
                        1_700_000_000_000L,
                        bytes("another"),
                        records.get(3).value()));
        records.set(
                5,
                copy(
                        records.get(5),
                        1_700_000_000_001L,
                        bytes("key"),
                        records.get(5).value()));
        ProducerRecord<byte[], byte[]> header = copy(
                records.get(7), 1_700_000_000_000L, bytes("key"), records.get(7).value());
        header.headers().remove("trace").add("trace", bytes("another"));
        records.set(7, header);

        Verification verification = batch.write().verify();

        assertWrong(
                verification,
                Stream.of(1L, 3L, 5L, 7L)
                        .map(offset -> new Place(output.altered, topic(batch, output), PLAIN, offset))
                        .toArray(Place[]::new));
    }

    @ParameterizedTest
    @MethodSource("headersAndOutput")
    void namesWhatWasMovedToAnotherPartition(ResultHeaders headers, Output output) {
        WrittenBatch batch = batch(headers);
        ProducerRecord<byte[], byte[]> moved = records(batch, output).remove(0);
        List<ProducerRecord<byte[], byte[]>> wrongPlace =
                (output == Output.RESULTS ? batch.results : batch.deadLetters).get(2);
        wrongPlace.add(
                new ProducerRecord<>(moved.topic(), 2, moved.timestamp(), moved.key(), moved.value(), moved.headers()));

        Verification verification = batch.write().verify();

        assertWrong(
                verification,
                new Place(output.missing, source, PLAIN, output == Output.RESULTS ? 0L : 9L),
                new Place(output.unexpected, topic(batch, output), 2, 0L));
    }

    @ParameterizedTest
    @MethodSource("headersAndOutput")
    void namesWhatChangedPlaces(ResultHeaders headers, Output output) {
        WrittenBatch batch = batch(headers);
        Collections.swap(records(batch, output), 4, 5);

        Verification verification = batch.write().verify();

        assertThat(verification.verdict()).isEqualTo(Verdict.WRONG);
        assertThat(verification.remarks().findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(output.outOfOrder);
            assertThat(finding.topic()).isEqualTo(topic(batch, output));
            assertThat(finding.partition()).isEqualTo(PLAIN);
            assertThat(finding.offset()).isBetween(4L, 5L);
        });
    }

    @Test
    void namesOneOfSeveralResultsOfARecord() {
        WrittenBatch dropped = batch(ResultHeaders.ORIGIN);
        dropped.results.get(0).remove(2);
        WrittenBatch doubled = batch(ResultHeaders.ORIGIN);
        doubled.results.get(0).add(2, doubled.results.get(0).get(1));
        WrittenBatch swapped = batch(ResultHeaders.ORIGIN);
        Collections.swap(swapped.results.get(0), 1, 2);

        assertWrong(dropped.write().verify(), new Place(FindingKind.MISSING_RESULT, source, 0, 7L));
        assertWrong(doubled.write().verify(), new Place(FindingKind.UNEXPECTED_RESULT, doubled.resultTopic(), 0, 2L));
        assertWrong(swapped.write().verify(), new Place(FindingKind.OUT_OF_ORDER_RESULT, swapped.resultTopic(), 0, 1L));
    }

    @Test
    void aRecordThatHasNoSourceIsUnexpectedAndItsSourceHasNone() {
        WrittenBatch batch = batch(ResultHeaders.ORIGIN);
        batch.results.get(PLAIN).get(4).headers().remove("backprocess.source");

        Verification verification = batch.write().verify();

        assertWrong(
                verification,
                new Place(FindingKind.MISSING_RESULT, source, PLAIN, 4L),
                new Place(FindingKind.UNEXPECTED_RESULT, batch.resultTopic(), PLAIN, 4L));
    }

    @Test
    void aStackTraceMayDiffer() {
        WrittenBatch batch = batch(ResultHeaders.ORIGIN);
        batch.deadLetters.get(PLAIN).get(4).headers().add("__backprocess.errors.stacktrace", bytes("at line 4"));

        assertThat(batch.write().verify().verdict()).isEqualTo(Verdict.COMPLETE);
    }

    @Test
    void namesTheLedgerLineThatIsMissing() {
        WrittenBatch batch = batch(ResultHeaders.ORIGIN);
        LedgerLine lost = line(batch, 1);
        batch.lines.remove(lost);

        Verification verification = batch.write().verify();

        assertWrong(
                verification,
                new Place(FindingKind.LEDGER_MISMATCH, source, PLAIN, null),
                new Place(FindingKind.LEDGER_GAP, source, PLAIN, 0L));
    }

    @ParameterizedTest
    @EnumSource
    void resultsWithoutTheLastLedgerLineAreALostLine(ResultHeaders headers) {
        WrittenBatch batch = batch(headers);
        batch.lines.remove(line(batch, 2));

        Verification verification = batch.write().verify();

        assertWrong(verification, new Place(FindingKind.LEDGER_GAP, source, PLAIN, 50L));
    }

    @Test
    void namesTheLedgerLineThatIsThereTwice() {
        WrittenBatch batch = batch(ResultHeaders.ORIGIN);
        batch.lines.add(line(batch, 2));

        Verification verification = batch.write().verify();

        assertWrong(
                verification,
                new Place(FindingKind.LEDGER_MISMATCH, source, PLAIN, null),
                new Place(FindingKind.LEDGER_OVERLAP, source, PLAIN, 50L));
    }

    @ParameterizedTest
    @EnumSource
    void anUnfinishedBatchIsIncompleteAndRecountedAsFarAsItIs(ResultHeaders headers) {
        WrittenBatch batch = unfinished(headers);

        Verification verification = batch.write().verify();

        assertThat(verification.remarks().findings()).isEmpty();
        assertThat(verification.verdict()).isEqualTo(Verdict.INCOMPLETE);
        assertThat(verification.remaining()).isEqualTo(50);
        assertThat(verification.partitions().get(PLAIN).next()).isEqualTo(50);
        assertThat(verification.partitions().get(PLAIN).outcomes().recounted())
                .isEqualTo(new Figures(50, 0, 0, 5, 45, 45));
    }

    @Test
    void anUnfinishedBatchIsWrongWhereItHasLostWhatItCommitted() {
        WrittenBatch batch = unfinished(ResultHeaders.ORIGIN);
        batch.results.get(PLAIN).remove(7);

        assertWrong(batch.write().verify(), new Place(FindingKind.MISSING_RESULT, source, PLAIN, 7L));
    }

    /** Of what a table refused the table is not asked again; that it could have come there can be told. */
    @Test
    void noticesALetterThatSaysItWasRefusedByATableAndNeverCameThere() {
        WrittenBatch batch = WrittenBatch.upserting(KAFKA, source, "purchase-split");
        ProducerRecord<byte[], byte[]> letter =
                records(batch, Output.DEAD_LETTERS).get(3);
        letter.headers().remove("__backprocess.errors.stage").add("__backprocess.errors.stage", bytes("upsert"));

        Verification verification = batch.write().verify();

        assertWrong(verification, new Place(FindingKind.ALTERED_DEAD_LETTER, topic(batch, Output.DEAD_LETTERS), PLAIN, 3L));
    }

    /** The reason for which the table refused it is lost, and a repair would have to ask the table, which may take it now. */
    @Test
    void isWrongWhereTheLetterOfWhatATableRefusedIsLost() {
        WrittenBatch batch = WrittenBatch.upserting(KAFKA, source, "purchase-split");
        records(batch, Output.RESULTS).remove(3);
        LedgerLine line = line(batch, 1);
        TreeMap<String, Long> dead = new TreeMap<>(line.outcomes().deadLetters());
        dead.merge("rejected", 1L, Long::sum);
        batch.lines.set(
                batch.lines.indexOf(line),
                new LedgerLine(
                        line.batchId(),
                        PLAIN,
                        1,
                        0,
                        new LedgerLine.Covered(
                                line.covered().from(), line.covered().next()),
                        new LedgerLine.Outcomes(
                                line.outcomes().read(),
                                line.outcomes().skipped(),
                                line.outcomes().duplicates(),
                                dead,
                                line.outcomes().taken() - 1,
                                line.outcomes().results() - 1)));
        batch.write();

        Verification verification = batch.verify();

        assertWrong(
                verification,
                new Place(FindingKind.MISSING_RESULT, source, PLAIN, 3L),
                new Place(FindingKind.LEDGER_MISMATCH, source, PLAIN, null));
        assertThatThrownBy(() -> new Repair(
                                batch.plan, KAFKA.properties(), getClass().getClassLoader())
                        .execute(done -> {}, () -> {}))
                .isInstanceOfSatisfying(
                        BatchException.class, e -> assertThat(e.kind()).isEqualTo(BatchException.Kind.REFUSED))
                .hasMessageContaining("is not repaired");
    }

    @Test
    void cannotTellWhatTheSourceHasLost() {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 2);
        KAFKA.send(
                new ProducerRecord<>(topic, 0, 1L, null, bytes(purchase("a", "S", "1"))),
                new ProducerRecord<>(topic, 0, 1L, null, bytes(purchase("b", "S", "1"))),
                new ProducerRecord<>(topic, 1, 1L, null, bytes(purchase("c", "S", "1"))));
        WrittenBatch batch = WrittenBatch.of(KAFKA, topic, DedupeScope.PARTITION, ResultHeaders.ORIGIN)
                .write();
        KAFKA.deleteRecordsBefore(topic, 0, 1);

        Verification verification = batch.verify();

        assertThat(verification.remarks().findings()).isEmpty();
        assertThat(verification.verdict()).isEqualTo(Verdict.CANNOT_TELL);
        assertThat(verification.remarks().unknown()).singleElement().satisfies(unknown -> {
            assertThat(unknown.topic()).isEqualTo(topic);
            assertThat(unknown.partition()).isZero();
            assertThat(unknown.from()).isZero();
        });
        assertThat(verification.partitions().get(0).outcomes().recounted()).isNull();
        assertThat(verification.partitions().get(0).outcomes().resultsOnTopic()).isEqualTo(2);
    }

    @Test
    void cannotTellWhatAnotherProducersOpenTransactionHides() {
        WrittenBatch batch = batch(ResultHeaders.ORIGIN);
        try (KafkaProducer<byte[], byte[]> open =
                KAFKA.begin(List.of(new ProducerRecord<>(batch.resultTopic(), PLAIN, null, bytes("{}"))))) {
            batch.write();

            Verification hidden = batch.verify();

            assertThat(hidden.remarks().findings()).isEmpty();
            assertThat(hidden.verdict()).isEqualTo(Verdict.CANNOT_TELL);
            assertThat(hidden.remarks().unknown()).singleElement().satisfies(unknown -> {
                assertThat(unknown.topic()).isEqualTo(batch.resultTopic());
                assertThat(unknown.partition()).isEqualTo(PLAIN);
                assertThat(unknown.from()).isZero();
                assertThat(unknown.why())
                        .contains("an open transaction of another producer", "which last wrote there at");
            });
            open.abortTransaction();
        }
        TestBatch.await("what was hidden", () -> batch.verify().verdict() == Verdict.COMPLETE);
    }

    @Test
    void everyResultIsMissingWhereTheTopicIsGone() {
        WrittenBatch batch = batch(ResultHeaders.ORIGIN).write();
        KAFKA.deleteTopic(batch.resultTopic());

        Verification verification = batch.verify();

        assertThat(verification.verdict()).isEqualTo(Verdict.WRONG);
        assertThat(verification.remarks().findingsTotal()).isEqualTo(97);
        assertThat(verification.remarks().findings()).extracting(Finding::kind).containsOnly(FindingKind.MISSING_RESULT);
    }

    private static WrittenBatch batch(ResultHeaders headers) {
        return WrittenBatch.of(KAFKA, source, DedupeScope.PARTITION, headers);
    }

    /** Of the plain partition only what the first ledger line counts is written. */
    private static WrittenBatch unfinished(ResultHeaders headers) {
        WrittenBatch batch = batch(headers);
        batch.lines.remove(line(batch, 2));
        batch.results.get(PLAIN).subList(45, 90).clear();
        batch.deadLetters.get(PLAIN).subList(5, 10).clear();
        return batch;
    }

    private static LedgerLine line(WrittenBatch batch, long checkpoint) {
        return batch.lines.stream()
                .filter(line -> line.partition() == PLAIN && line.checkpoint() == checkpoint)
                .findFirst()
                .orElseThrow();
    }

    private static List<ProducerRecord<byte[], byte[]>> records(WrittenBatch batch, Output output) {
        return (output == Output.RESULTS ? batch.results : batch.deadLetters).get(PLAIN);
    }

    private static String topic(WrittenBatch batch, Output output) {
        return output == Output.RESULTS ? batch.resultTopic() : batch.deadLetterTopic();
    }

    private static String purchase(String eventId, String sku, String amount) {
        return """
                {"eventId":"%s","correlationId":"c","eventTimestamp":"2025-01-01T00:00:00Z","processVersion":1,\
                "payload":{"actionType":"Purchased","itemSku":"%s","amount":%s}}""".formatted(eventId, sku, amount);
    }

    private static ProducerRecord<byte[], byte[]> record(int partition, @Nullable String value) {
        return new ProducerRecord<>(
                source,
                partition,
                1_700_000_000_000L,
                bytes("key"),
                value == null ? null : bytes(value),
                new RecordHeaders().add("trace", bytes("t")));
    }

    private static ProducerRecord<byte[], byte[]> copy(
            ProducerRecord<byte[], byte[]> record, long timestamp, byte @Nullable [] key, byte @Nullable [] value) {
        return new ProducerRecord<>(
                record.topic(), record.partition(), timestamp, key, value, new RecordHeaders(record.headers()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
