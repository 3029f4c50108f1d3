package io.backprocess.verify;

import static io.backprocess.testing.Place.assertWrong;
import static io.backprocess.verify.DirtyTopic.PLAIN;
import static io.backprocess.verify.DirtyTopic.bytes;
import static io.backprocess.verify.DirtyTopic.purchase;
import static io.backprocess.verify.DirtyTopic.records;
import static io.backprocess.verify.DirtyTopic.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.Figures;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Place;
import io.backprocess.testing.TestBatch;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
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

/** Sabotage on the topics of a batch that was written without Flink. */
class VerifierITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static String source = "";

    @BeforeAll
    static void aDirtyHistory() {
        source = DirtyTopic.create(KAFKA);
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

    /** An attribute, a version and a batch id that stand in headers, and one attribute in the value. */
    @Test
    void namesWhatWasAlteredInAnEnvelopeThatIsMapped() {
        String topic = KAFKA.unique("mapped");
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        for (int i = 0; i < 8; i++) {
            ProducerRecord<byte[], byte[]> event = new ProducerRecord<>(
                    topic,
                    0,
                    1_700_000_000_000L,
                    bytes("key"),
                    bytes("{\"id\":%d,\"kind\":\"a\",\"data\":{\"n\":%d}}".formatted(i, i)));
            event.headers().add("type", bytes("Purchased"));
            KAFKA.send(event);
        }
        WrittenBatch batch = WrittenBatch.mapped(
                KAFKA,
                topic,
                """
                name: shop
                eventId: /id
                processVersion: { from: header:version, absent: 1 }
                payload: /data
                attributes: { type: header:type, kind: /kind }
                write: [type, kind]
                select: payload.n != 6
                """,
                "retype",
                "{name: retype, from: 1, to: 2, rules: [{set: {attributes.type: SubscriptionAPurchased, attributes.kind: b}}]}");
        List<ProducerRecord<byte[], byte[]>> records = batch.results.get(0);
        records.get(1).headers().remove("type").add("type", bytes("Purchased"));
        records.get(2).headers().remove("version");
        records.get(3).headers().remove("backprocess.batch-id");
        ProducerRecord<byte[], byte[]> kind = records.get(4);
        records.set(
                4,
                new ProducerRecord<>(
                        kind.topic(),
                        0,
                        kind.timestamp(),
                        kind.key(),
                        bytes(new String(kind.value(), StandardCharsets.UTF_8).replace("\"b\"", "\"a\"")),
                        kind.headers()));

        Verification verification = batch.write().verify();

        assertThat(records).hasSize(7);
        assertThat(new String(records.get(0).value(), StandardCharsets.UTF_8))
                .isEqualTo("{\"id\":0,\"kind\":\"b\",\"data\":{\"n\":0}}");
        assertWrong(
                verification,
                Stream.of(1L, 2L, 3L, 4L)
                        .map(offset -> new Place(Output.RESULTS.altered, topic(batch, Output.RESULTS), 0, offset))
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
        assertThat(verification.remarks().findings())
                .extracting(Finding::kind)
                .containsOnly(FindingKind.MISSING_RESULT);
    }

    private static WrittenBatch batch(ResultHeaders headers) {
        return WrittenBatch.of(KAFKA, source, DedupeScope.PARTITION, headers);
    }

    private static ProducerRecord<byte[], byte[]> copy(
            ProducerRecord<byte[], byte[]> record, long timestamp, byte @Nullable [] key, byte @Nullable [] value) {
        return new ProducerRecord<>(
                record.topic(), record.partition(), timestamp, key, value, new RecordHeaders(record.headers()));
    }
}
