package io.backprocess.verify;

import static io.backprocess.testing.Completeness.assertComplete;
import static io.backprocess.verify.DirtyTopic.bytes;
import static io.backprocess.verify.WrittenBatch.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.batch.SizeLimits;
import io.backprocess.event.Event;
import io.backprocess.event.LedgerEntry;
import io.backprocess.event.Taken;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.ledger.Offsets;
import io.backprocess.ledger.Redriven;
import io.backprocess.replay.Replay;
import io.backprocess.revise.RejectedException;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sabotage on what redriven dead letters state of their failure. Redrives are ledger lines that are written by hand, because a
 * redrive that reads an altered letter would count what it states.
 */
class AlteredRedrivenLettersITCase {
    private static final String ERRORS = "__backprocess.errors.";
    private static final String REVISION = "purchase-split-with-faults";

    private static final String RULES = """
            name: only-one
            from: 1
            to: 2
            rules:
              - when: payload.amount > 1
                reject: too much
            """;

    /** The offsets of the letters in the dead-letter topic. */
    private static final long REJECTED = 0;

    private static final long UNREADABLE = 1;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final ObjectMapper JSON = new ObjectMapper();

    private static String source = "";

    @BeforeAll
    static void aHistory() {
        source = KAFKA.unique("orders");
        KAFKA.createTopic(source, 1, "retention.ms=-1");
        KAFKA.send(record(purchase("e-0", 1)), record(purchase("e-1", 2)), record("no JSON"));
    }

    @AfterEach
    void nothingFails() {
        FaultyPurchaseSplit.throwsAt = event -> null;
    }

    private static void oneIsRejected() {
        FaultyPurchaseSplit.throwsAt = event -> event.eventId().equals("e-1") ? new RejectedException("not yet") : null;
    }

    static Stream<Arguments> alterations() {
        return Stream.of(DedupeScope.values())
                .flatMap(scope -> Stream.of(
                        Arguments.of(scope, "stage", "decode"),
                        Arguments.of(scope, "stage", "upsert"),
                        Arguments.of(scope, "event-id", "another"),
                        Arguments.of(scope, "revision", "another")));
    }

    @ParameterizedTest
    @MethodSource("alterations")
    void namesALetterOfTheJobThatStatesSomethingElse(DedupeScope scope, String header, String text) {
        oneIsRejected();
        WrittenBatch batch = batch(scope);
        alter(batch, REJECTED, header, text);
        batch.write();
        nothingFails();
        succeed(batch, REJECTED);

        Verification verification = batch.verify();

        assertAltered(verification, batch, REJECTED);
    }

    /** The message, the exception and the attempts are those of a revision that no longer exists. */
    @ParameterizedTest
    @CsvSource({"message, another", "attempts, 3", "exception, java.lang.Error"})
    void cannotCompareWhatOnlyTheFormerRevisionKnew(String header, String text) {
        oneIsRejected();
        WrittenBatch batch = batch(DedupeScope.PARTITION);
        alter(batch, REJECTED, header, text);
        batch.write();
        nothingFails();
        succeed(batch, REJECTED);

        assertComplete(batch.verify());
    }

    @ParameterizedTest
    @CsvSource({
        "stage, revise, its header %1$sstage is 'revise' and must be 'decode'",
        "attempts, 7, its header %1$sattempts is '7' and must be '1'",
        "revision, another, its header %1$srevision is 'another' and must be 'purchase-split-with-faults'"
    })
    void namesALetterThatCouldNotBeReadAndStatesSomethingElse(String header, String text, String message) {
        oneIsRejected();
        WrittenBatch batch = batch(DedupeScope.PARTITION);
        alter(batch, UNREADABLE, header, text);
        batch.write();
        ConsumerRecord<byte[], byte[]> letter = letter(batch, UNREADABLE);
        Headers again = new RecordHeaders(letter.headers());
        AlteredTableLettersITCase.replace(again, ERRORS + "stage", "decode");
        AlteredTableLettersITCase.replace(again, ERRORS + "revision", REVISION);
        AlteredTableLettersITCase.replace(
                again, ERRORS + "attempts", "" + (Integer.parseInt(text(letter, ERRORS + "attempts")) + 1));
        long failed = send(letter, again);
        claim(batch, UNREADABLE, List.of(), List.of(failed), Map.of(), 0);

        Verification verification = batch.verify();

        assertAltered(verification, batch, UNREADABLE);
        assertThat(verification.remarks().findings())
                .extracting(Finding::message)
                .containsExactly(
                        "headers differ from what %s/0/2 gives: %s".formatted(source, message.formatted(ERRORS)));
    }

    /** The ledger counts reasons, and the rules of the plan say which letter it is. */
    @Test
    void namesAReasonThatThePlansRulesDoNotGive() {
        WrittenBatch batch = WrittenBatch.mapped(KAFKA, source, null, "only-one", RULES);
        alter(batch, REJECTED, "reason", "missing-context");
        batch.write();
        claim(batch, REJECTED, List.of(), List.of(), Map.of("rejected", -1L), 1);

        Verification verification = batch.verify();

        assertThat(verification.remarks().findings())
                .extracting(Finding::kind, Finding::offset)
                .contains(tuple(FindingKind.ALTERED_DEAD_LETTER, REJECTED));
        assertThat(verification.remarks().findings()).anySatisfy(finding -> assertThat(finding.message())
                .isEqualTo(
                        "headers differ from what %s/0/1 gives: its header %sreason is 'missing-context' and must be 'rejected'"
                                .formatted(source, ERRORS)));
    }

    @ParameterizedTest
    @CsvSource({
        "reason, missing-context, ledger-mismatch",
        "stage, decode, altered-dead-letter",
        "attempts, 1, altered-dead-letter",
        "event-id, another, altered-dead-letter",
        "revision, another, altered-dead-letter"
    })
    void namesALetterThatARedriveWroteAndAnotherOneRedrove(String header, String text, String kind) {
        oneIsRejected();
        WrittenBatch batch = batch(DedupeScope.PARTITION).write();
        nothingFails();
        ConsumerRecord<byte[], byte[]> letter = letter(batch, REJECTED);
        Headers again = new RecordHeaders(letter.headers());
        AlteredTableLettersITCase.replace(again, ERRORS + "attempts", "2");
        AlteredTableLettersITCase.replace(again, ERRORS + header, text);
        long failed = send(letter, again);
        claim(batch, REJECTED, List.of(), List.of(failed), Map.of(), 0);
        succeed(batch, failed);

        Verification verification = batch.verify();

        assertThat(verification.remarks().findings()).isNotEmpty().allSatisfy(finding -> assertThat(finding.kind())
                .hasToString(kind));
        if (!header.equals("reason")) {
            assertAltered(verification, batch, failed);
        }
    }

    @Test
    void aBatchThatWasRedrivenTwiceIsComplete() {
        oneIsRejected();
        WrittenBatch batch = batch(DedupeScope.PARTITION).write();
        nothingFails();
        ConsumerRecord<byte[], byte[]> letter = letter(batch, REJECTED);
        Headers again = new RecordHeaders(letter.headers());
        AlteredTableLettersITCase.replace(again, ERRORS + "attempts", "2");
        AlteredTableLettersITCase.replace(again, ERRORS + "message", "of a revision that no longer exists");
        long failed = send(letter, again);
        claim(batch, REJECTED, List.of(), List.of(failed), Map.of(), 0);
        succeed(batch, failed);

        assertComplete(batch.verify());
    }

    @ParameterizedTest
    @CsvSource({"7, 0", "-1, 3"})
    void namesALineOfARedriveThatStatesACheckpointOrASubtask(long checkpoint, int subtask) {
        oneIsRejected();
        WrittenBatch batch = batch(DedupeScope.PARTITION).write();
        nothingFails();
        succeed(batch, REJECTED, checkpoint, subtask);

        Verification verification = batch.verify();

        assertThat(verification.remarks().findings())
                .extracting(Finding::kind, Finding::message)
                .containsExactly(tuple(
                        FindingKind.LEDGER_MISMATCH,
                        "the ledger line without source offsets of a redrive or a repair states checkpoint %d and subtask %d, but must state -1 and 0"
                                .formatted(checkpoint, subtask)));
    }

    @ParameterizedTest
    @CsvSource({"read", "duplicates", "taken", "results", "outside"})
    void namesALineOfARedriveWhoseFigureIsAltered(String field) {
        assertFound(json -> json.put(field, json.path(field).asLong() + 1), FindingKind.LEDGER_MISMATCH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"unexpected\":-1}", "{\"rejected\":-2}"})
    void namesALineOfARedriveThatCountsAnotherReason(String reasons) throws JsonProcessingException {
        JsonNode altered = JSON.readTree(reasons);

        assertFound(json -> json.set("deadLetters", altered), FindingKind.LEDGER_MISMATCH);
    }

    @ParameterizedTest
    @CsvSource({"results", "deadLetters"})
    void namesWhatALineOfARedriveLeavesOut(String offsets) {
        assertFound(
                json -> ((ObjectNode) json.get("redrive")).putArray(offsets),
                offsets.equals("results") ? FindingKind.MISSING_RESULT : FindingKind.LEDGER_MISMATCH);
    }

    private void assertFound(Consumer<ObjectNode> alteration, FindingKind kind) {
        oneIsRejected();
        WrittenBatch batch = batch(DedupeScope.PARTITION).write();
        nothingFails();
        Replay replay = replay(batch);
        Taken taken =
                (Taken) replay.revise((Event) replay.decode(KAFKA.read(source).get(1)));
        long result = KAFKA.send(replay.results(taken).get(0)).get(0).offset();
        ProducerRecord<byte[], byte[]> line =
                line(batch, REJECTED, List.of(result), List.of(), Map.of("rejected", -1L), 1, -1, 0);
        try {
            ObjectNode json = (ObjectNode) JSON.readTree(line.value());
            alteration.accept(json);
            KAFKA.send(new ProducerRecord<>(line.topic(), line.partition(), line.key(), JSON.writeValueAsBytes(json)));
        } catch (IOException e) {
            throw new AssertionError(e);
        }

        Verification verification = batch.verify();

        assertThat(verification.verdict()).isEqualTo(Verdict.WRONG);
        assertThat(verification.remarks().findings()).extracting(Finding::kind).contains(kind);
    }

    private static void assertAltered(Verification verification, WrittenBatch batch, long offset) {
        assertThat(verification.remarks().findings())
                .extracting(Finding::kind, Finding::topic, Finding::offset)
                .containsExactly(tuple(FindingKind.ALTERED_DEAD_LETTER, batch.deadLetterTopic(), offset));
        assertThat(verification.verdict()).isEqualTo(Verdict.WRONG);
    }

    private static WrittenBatch batch(DedupeScope scope) {
        return WrittenBatch.of(REVISION, KAFKA, source, scope, ResultHeaders.ORIGIN);
    }

    private static void alter(WrittenBatch batch, long letter, String header, String text) {
        AlteredTableLettersITCase.replace(
                batch.deadLetters.get(0).get((int) letter).headers(), ERRORS + header, text);
    }

    private static ConsumerRecord<byte[], byte[]> letter(WrittenBatch batch, long offset) {
        return KAFKA.read(batch.deadLetterTopic()).stream()
                .filter(record -> record.offset() == offset)
                .findFirst()
                .orElseThrow();
    }

    /** Returns the offset of the copy with these headers. */
    private static long send(ConsumerRecord<byte[], byte[]> letter, Headers headers) {
        return KAFKA.send(new ProducerRecord<>(
                        letter.topic(), 0, letter.timestamp(), letter.key(), letter.value(), headers))
                .get(0)
                .offset();
    }

    private static void succeed(WrittenBatch batch, long letter) {
        succeed(batch, letter, -1, 0);
    }

    /** Writes what a redrive writes when the letter becomes results. */
    private static void succeed(WrittenBatch batch, long letter, long checkpoint, int subtask) {
        Replay replay = replay(batch);
        ConsumerRecord<byte[], byte[]> original = KAFKA.read(source).get(1);
        Taken taken = (Taken) replay.revise((Event) replay.decode(original));
        long result = KAFKA.send(replay.results(taken).get(0)).get(0).offset();
        claim(batch, letter, List.of(result), List.of(), Map.of("rejected", -1L), 1, checkpoint, subtask);
    }

    private static void claim(
            WrittenBatch batch,
            long letter,
            List<Long> results,
            List<Long> failed,
            Map<String, Long> reasons,
            int taken) {
        claim(batch, letter, results, failed, reasons, taken, -1, 0);
    }

    private static void claim(
            WrittenBatch batch,
            long letter,
            List<Long> results,
            List<Long> failed,
            Map<String, Long> reasons,
            int taken,
            long checkpoint,
            int subtask) {
        KAFKA.send(line(batch, letter, results, failed, reasons, taken, checkpoint, subtask));
    }

    private static ProducerRecord<byte[], byte[]> line(
            WrittenBatch batch,
            long letter,
            List<Long> results,
            List<Long> failed,
            Map<String, Long> reasons,
            int taken,
            long checkpoint,
            int subtask) {
        Redriven part = new Redriven(
                batch.plan.spec().logic().revisions(),
                batch.plan.spec().logic().revisionOptions(),
                offsets(List.of(letter)),
                offsets(results),
                offsets(failed));
        LedgerLine line = new LedgerLine(
                batch.plan.spec().batchId(),
                0,
                checkpoint,
                subtask,
                LedgerLine.Covered.NONE,
                new LedgerLine.Outcomes(0, Map.of(), 0, reasons, taken, results.size()));
        return replay(batch).ledgerEntry(new LedgerEntry(0, part.write(line)));
    }

    private static Replay replay(WrittenBatch batch) {
        return new Replay(
                batch.plan,
                SizeLimits.ofResults(batch.maxResultBytes),
                null,
                AlteredRedrivenLettersITCase.class.getClassLoader(),
                null);
    }

    private static Offsets offsets(List<Long> all) {
        Offsets offsets = new Offsets();
        all.forEach(offsets::add);
        return offsets;
    }

    private static String purchase(String eventId, int amount) {
        return "{\"eventId\":\"%s\",\"processVersion\":1,\"payload\":{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":%d}}"
                .formatted(eventId, amount);
    }

    private static ProducerRecord<byte[], byte[]> record(String value) {
        return new ProducerRecord<>(source, 0, 1_700_000_000_000L, bytes("k"), value.getBytes(StandardCharsets.UTF_8));
    }
}
