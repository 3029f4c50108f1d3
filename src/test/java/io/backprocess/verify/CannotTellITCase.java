package io.backprocess.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.event.Event;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.revise.TransientException;
import io.backprocess.rewrite.Repair;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.TestBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What it takes to know is gone or does not answer: that is not wrong. What is wrong nevertheless is. */
class CannotTellITCase {
    private static final String REVISION = "purchase-split-with-faults";

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static String source = "";

    @BeforeAll
    static void aHistory() {
        source = history(60);
    }

    /** Of one partition; every fifth event is rejected, and the last record is no event. */
    private static String history(int events) {
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            records.add(record(topic, "key-" + i % 10, purchase("e-" + i, i % 5 == 4 ? -1 : 1, i)));
        }
        records.add(record(topic, "key-none", "no JSON"));
        KAFKA.send(records);
        return topic;
    }

    @AfterEach
    void nothingFails() {
        FaultyPurchaseSplit.throwsAt = event -> null;
    }

    static Stream<Arguments> scopesAndHeaders() {
        return Stream.of(
                Arguments.of(DedupeScope.PARTITION, ResultHeaders.ORIGIN),
                Arguments.of(DedupeScope.PARTITION, ResultHeaders.NONE),
                Arguments.of(DedupeScope.GLOBAL, ResultHeaders.ORIGIN));
    }

    @ParameterizedTest
    @MethodSource("scopesAndHeaders")
    void aServiceThatDoesNotAnswerIsAskedNoMoreAndNothingIsCalledWrong(DedupeScope scope, ResultHeaders headers) {
        WrittenBatch batch = batch(scope, headers).write();
        AtomicInteger asked = serviceIsDown();

        Verification verification = batch.verifyOnce();

        assertThat(verification.remarks().findings()).isEmpty();
        assertThat(verification.verdict()).isEqualTo(Verdict.CANNOT_TELL);
        assertThat(verification.remarks().unknown()).anySatisfy(unknown -> {
            assertThat(unknown.topic()).isEqualTo(source);
            assertThat(unknown.from()).isZero();
            assertThat(unknown.to()).isEqualTo(60);
            assertThat(unknown.why()).contains("the service says 503");
        });
        assertThat(asked.get()).as("attempts").isLessThan(20);
    }

    @ParameterizedTest
    @MethodSource("scopesAndHeaders")
    void whatIsMissingIsWrongWhileTheServiceDoesNotAnswer(DedupeScope scope, ResultHeaders headers) {
        WrittenBatch batch = batch(scope, headers);
        // A result, or the dead letter of what is no event.
        (headers == ResultHeaders.NONE ? batch.deadLetters : batch.results)
                .get(0)
                .remove(12);
        serviceIsDown();

        assertThat(batch.write().verify().verdict()).isEqualTo(Verdict.WRONG);
    }

    @ParameterizedTest
    @MethodSource("scopesAndHeaders")
    void whatTheBatchGaveUpThenIsRightAlthoughTheServiceAnswersNow(DedupeScope scope, ResultHeaders headers) {
        FaultyPurchaseSplit.throwsAt = event -> is(event, 8) ? new TransientException("down then") : null;
        WrittenBatch batch = batch(scope, headers).write();
        FaultyPurchaseSplit.throwsAt = event -> null;

        Verification verification = batch.verify();

        assertThat(verification.remarks().findings()).isEmpty();
        assertThat(verification.verdict()).isEqualTo(Verdict.COMPLETE);
    }

    @Test
    void aLetterThatSaysItWasGivenUpIsWrongWhereTheLedgerDoesNotSaySo() {
        FaultyPurchaseSplit.throwsAt = event -> is(event, 8) ? new TransientException("down then") : null;
        WrittenBatch batch = batch(DedupeScope.PARTITION, ResultHeaders.ORIGIN);
        FaultyPurchaseSplit.throwsAt = event -> null;
        LedgerLine line = batch.lines.get(0);
        Map<String, Long> others = new TreeMap<>(line.outcomes().deadLetters());
        others.remove("retries-exhausted");
        others.merge("rejected", 1L, Long::sum);
        batch.lines.set(0, with(line, line.outcomes().skipped(), others));

        Verification verification = batch.write().verify();

        assertThat(verification.verdict()).isEqualTo(Verdict.WRONG);
        assertThat(verification.remarks().findings()).extracting(Finding::kind).contains(FindingKind.LEDGER_MISMATCH);
    }

    @Nightly
    @Test
    void aRepairDoesNotDeadLetterWhatItCannotAsk() {
        WrittenBatch batch = batch(DedupeScope.PARTITION, ResultHeaders.ORIGIN);
        batch.lines.remove(1);
        batch.results.get(0).subList(24, 48).clear();
        batch.write();
        AtomicInteger calls = new AtomicInteger();
        FaultyPurchaseSplit.throwsAt = event -> {
            calls.incrementAndGet();
            return null;
        };
        Repair repair = new Repair(batch.plan, KAFKA.clients(), getClass().getClassLoader());
        repair.tryOut(done -> {});
        int looked = calls.getAndSet(0);
        FaultyPurchaseSplit.throwsAt =
                event -> calls.incrementAndGet() > looked + 3 ? new TransientException("the service says 503") : null;
        int letters = KAFKA.read(batch.deadLetterTopic()).size();

        assertThatThrownBy(() -> repair.execute(done -> {}, () -> {}))
                .isInstanceOfSatisfying(
                        BatchException.class, e -> assertThat(e.kind()).isEqualTo(BatchException.Kind.REFUSED))
                .hasMessageContaining("the service says 503");

        assertThat(KAFKA.read(batch.deadLetterTopic())).hasSize(letters);
        assertThatThrownBy(() -> repair.execute(done -> {}, () -> {}))
                .hasMessageContaining("the right outcome of some offsets is unknown");
        FaultyPurchaseSplit.throwsAt = event -> null;
        repair.execute(done -> {}, () -> {});
        assertThat(batch.verify().verdict()).isEqualTo(Verdict.COMPLETE);
    }

    @ParameterizedTest
    @EnumSource
    void aLimitOfTheResultTopicThatWasRaisedSinceIsNotHeldAgainstTheBatch(ResultHeaders headers) {
        // Longer ones were too large then; the topic takes 16 MiB.
        WrittenBatch batch = WrittenBatch.withLimit(1340, REVISION, KAFKA, source, headers);
        assertThat(batch.deadLetters.get(0)).hasSizeGreaterThan(20);

        Verification verification = batch.write().verify();

        assertThat(verification.remarks().findings()).isEmpty();
        assertThat(verification.verdict()).isEqualTo(Verdict.COMPLETE);
    }

    @ParameterizedTest
    @EnumSource
    void aLimitThatWasLoweredSinceIsNotHeldAgainstTheBatch(ResultHeaders headers) {
        WrittenBatch batch = batch(DedupeScope.PARTITION, headers).write();
        KAFKA.configure(batch.resultTopic(), "max.message.bytes", "1340");

        assertThat(batch.verify().remarks().findings()).isEmpty();
        assertThat(batch.verify().verdict()).isEqualTo(Verdict.COMPLETE);
    }

    @Nightly
    @Test
    void aSourceThatWasCompactedSinceLeavesWhatIsThereToBeProven() {
        String topic = history(40);
        List<WrittenBatch> right = new ArrayList<>();
        List<WrittenBatch> wrong = new ArrayList<>();
        scopesAndHeaders().map(Arguments::get).forEach(each -> {
            DedupeScope scope = (DedupeScope) each[0];
            ResultHeaders headers = (ResultHeaders) each[1];
            right.add(of(topic, scope, headers).write());
            WrittenBatch dropped = of(topic, scope, headers);
            dropped.results.get(0).remove(dropped.results.get(0).size() - 1);
            wrong.add(dropped.write());
            WrittenBatch doubled = of(topic, scope, headers);
            doubled.results.get(0).add(doubled.results.get(0).get(3));
            wrong.add(doubled.write());
        });
        compact(topic);

        assertThat(right).allSatisfy(batch -> {
            Verification verification = batch.verify();
            assertThat(verification.remarks().findings()).isEmpty();
            assertThat(verification.verdict()).isEqualTo(Verdict.CANNOT_TELL);
            assertThat(verification.remarks().unknown()).isNotEmpty();
            assertThat(verification.partitions().get(0).outcomes().recounted()).isNull();
        });
        assertThat(wrong)
                .allSatisfy(batch -> assertThat(batch.verify().verdict()).isEqualTo(Verdict.WRONG));
    }

    @Test
    void aSourceThatHasLostItsBeginningIsProvenFromThereOn() {
        String topic = history(40);
        WrittenBatch right =
                of(topic, DedupeScope.PARTITION, ResultHeaders.ORIGIN).write();
        WrittenBatch altered = of(topic, DedupeScope.PARTITION, ResultHeaders.ORIGIN);
        ProducerRecord<byte[], byte[]> last =
                altered.results.get(0).get(altered.results.get(0).size() - 1);
        altered.results
                .get(0)
                .set(
                        altered.results.get(0).size() - 1,
                        new ProducerRecord<>(
                                last.topic(), 0, last.timestamp(), last.key(), bytes("{}"), last.headers()));
        KAFKA.deleteRecordsBefore(topic, 0, 20);

        Verification verification = right.verify();

        assertThat(verification.remarks().findings()).isEmpty();
        assertThat(verification.verdict()).isEqualTo(Verdict.CANNOT_TELL);
        assertThat(verification.remarks().unknown()).singleElement().satisfies(unknown -> {
            assertThat(unknown.from()).isZero();
            assertThat(unknown.to()).isEqualTo(20);
        });
        assertThat(altered.write().verify().remarks().findings())
                .singleElement()
                .extracting(Finding::kind)
                .isEqualTo(FindingKind.ALTERED_RESULT);
    }

    @Test
    void theLedgersFiguresByReasonAndByVersionAreRecounted() {
        WrittenBatch reasons = batch(DedupeScope.PARTITION, ResultHeaders.ORIGIN);
        LedgerLine line = reasons.lines.get(0);
        reasons.lines.set(
                0,
                with(
                        line,
                        line.outcomes().skipped(),
                        Map.of("unexpected", line.outcomes().deadLetters().get("rejected"))));
        String topic = KAFKA.unique("orders");
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        KAFKA.send(List.of(
                record(topic, "k", "{\"eventId\":\"a\",\"processVersion\":2,\"payload\":{}}"),
                record(topic, "k", "{\"eventId\":\"b\",\"processVersion\":3,\"payload\":{}}")));
        WrittenBatch versions = of(topic, DedupeScope.PARTITION, ResultHeaders.ORIGIN);
        LedgerLine skipped = versions.lines.get(0);
        versions.lines.set(0, with(skipped, Map.of("7", 1L), skipped.outcomes().deadLetters()));

        assertThat(reasons.write().verify().remarks().findings())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.kind()).isEqualTo(FindingKind.LEDGER_MISMATCH);
                    assertThat(finding.message()).contains("by reason are", "unexpected=", "recounted are");
                });
        assertThat(versions.write().verify().remarks().findings())
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.kind()).isEqualTo(FindingKind.LEDGER_MISMATCH);
                    assertThat(finding.message())
                            .contains("by version are {2=0, 7=1} in the ledger, recounted are {2=1, 7=0}");
                });
    }

    private static LedgerLine with(LedgerLine line, Map<String, Long> skipped, Map<String, Long> deadLetters) {
        return new LedgerLine(
                line.batchId(),
                line.partition(),
                line.checkpoint(),
                line.subtask(),
                new LedgerLine.Covered(line.covered().from(), line.covered().next()),
                new LedgerLine.Outcomes(
                        line.outcomes().read(),
                        skipped,
                        line.outcomes().duplicates(),
                        deadLetters,
                        line.outcomes().taken(),
                        line.outcomes().results()));
    }

    private static AtomicInteger serviceIsDown() {
        AtomicInteger asked = new AtomicInteger();
        FaultyPurchaseSplit.throwsAt = event -> {
            asked.incrementAndGet();
            return new TransientException("the service says 503");
        };
        return asked;
    }

    private static boolean is(Event event, int number) {
        return event.eventId().equals("e-" + number);
    }

    private static WrittenBatch batch(DedupeScope scope, ResultHeaders headers) {
        return of(source, scope, headers);
    }

    private static WrittenBatch of(String topic, DedupeScope scope, ResultHeaders headers) {
        return WrittenBatch.of(REVISION, KAFKA, topic, scope, headers);
    }

    /** Later records of the same keys, and then others, since Kafka leaves the newest segment alone. */
    private static void compact(String topic) {
        KAFKA.configure(topic, "min.cleanable.dirty.ratio", "0.001");
        KAFKA.configure(topic, "max.compaction.lag.ms", "1");
        KAFKA.configure(topic, "delete.retention.ms", "0");
        KAFKA.configure(topic, "segment.ms", "1");
        KAFKA.configure(topic, "cleanup.policy", "compact");
        int before = KAFKA.read(topic).size();
        for (int i = 0; i < 3; i++) {
            // A segment is rolled where a record is younger than its first one by segment.ms.
            KAFKA.send(List.of(new ProducerRecord<>(
                    topic, 0, 1_700_000_100_000L + i * 1000L, bytes("key-" + i), bytes(purchase("late-" + i, 1, 0)))));
        }
        TestBatch.await("compaction", () -> KAFKA.read(topic).size() < before);
    }

    private static String purchase(String eventId, int amount, int length) {
        return """
            {"eventId":"%s","correlationId":"c","eventTimestamp":"2025-01-01T00:00:00Z","processVersion":1,\
            "payload":{"actionType":"Purchased","itemSku":"SKU-PREMIUM-1","amount":%d,"filler":"%s"}}\
            """.formatted(eventId, amount, "x".repeat(3 * length));
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String key, String value) {
        return new ProducerRecord<>(topic, 0, 1_700_000_000_000L, bytes(key), bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
