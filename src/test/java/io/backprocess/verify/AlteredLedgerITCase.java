package io.backprocess.verify;

import static io.backprocess.testing.Place.assertWrong;
import static io.backprocess.verify.DirtyTopic.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.revise.TransientException;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Place;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Sabotage on single fields of ledger lines whose figures add up as before. */
class AlteredLedgerITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final ObjectMapper JSON = new ObjectMapper();

    private static String source = "";

    @BeforeAll
    static void aDirtyHistory() {
        source = DirtyTopic.create(KAFKA);
    }

    @AfterEach
    void nothingFails() {
        FaultyPurchaseSplit.throwsAt = event -> null;
    }

    @ParameterizedTest
    @EnumSource
    void namesAnotherReasonInALine(DedupeScope scope) {
        WrittenBatch batch = batch("purchase-split", scope);
        alter(batch, PLAIN, 1, line -> withDeadLetters(line, Map.of("rejected", 4L, "unexpected", 1L)));

        Verification verification = batch.write().verify();

        assertWrong(verification, new Place(FindingKind.LEDGER_MISMATCH, source, PLAIN, null));
        assertMessage(
                verification,
                "dead letters by reason are {rejected=9, unexpected=1} in the ledger, recounted are {rejected=10, unexpected=0}");
    }

    @ParameterizedTest
    @EnumSource
    void namesAnotherVersionInALine(DedupeScope scope) {
        WrittenBatch batch = batch("purchase-split", scope);
        alter(batch, 0, 1, line -> withSkipped(line, Map.of("3", 1L)));

        Verification verification = batch.write().verify();

        assertWrong(verification, new Place(FindingKind.LEDGER_MISMATCH, source, 0, null));
        assertMessage(verification, "skipped events by version are {2=0, 3=1} in the ledger, recounted are {2=1, 3=0}");
    }

    /** The version of a skipped event does not depend on a service. */
    @Test
    void namesAnotherVersionWhileAServiceDoesNotAnswer() {
        WrittenBatch batch = batch("purchase-split-with-faults", DedupeScope.PARTITION);
        alter(batch, 0, 1, line -> withSkipped(line, Map.of("3", 1L)));
        FaultyPurchaseSplit.throwsAt = event -> new TransientException("the service says 503");

        Verification verification = batch.write().verify();

        assertWrong(verification, new Place(FindingKind.LEDGER_MISMATCH, source, 0, null));
    }

    /** A tombstone is none, whatever a service would answer. */
    @Test
    void namesAReasonThatIsTooRareWhileAServiceDoesNotAnswer() {
        WrittenBatch batch = batch("purchase-split-with-faults", DedupeScope.PARTITION);
        LedgerLine line = line(batch, 0, 2);
        assertThat(line.outcomes().deadLetters()).containsEntry("tombstone", 1L);
        Map<String, Long> altered = new java.util.TreeMap<>(line.outcomes().deadLetters());
        altered.remove("tombstone");
        altered.merge("rejected", 1L, Long::sum);
        alter(batch, 0, 2, each -> withDeadLetters(each, altered));
        FaultyPurchaseSplit.throwsAt = event -> new TransientException("the service says 503");

        Verification verification = batch.write().verify();

        assertWrong(verification, new Place(FindingKind.LEDGER_MISMATCH, source, 0, null));
        assertMessage(
                verification,
                "dead letters by reason are {} in the ledger, recounted are {tombstone=1}, without those of 4 records whose outcome is not known");
    }

    /** The line of the other half of the partition stays right. */
    @ParameterizedTest
    @CsvSource({"read", "duplicates", "taken", "results", "outside", "from", "next"})
    void namesAFigureInALine(String field) {
        WrittenBatch batch = batch("purchase-split", DedupeScope.PARTITION);
        alter(batch, PLAIN, 1, line -> plusOne(line, field));

        Verification verification = batch.write().verify();

        assertThat(verification.verdict()).isEqualTo(Verdict.WRONG);
        assertThat(verification.remarks().findings()).allSatisfy(finding -> {
            assertThat(finding.kind().isOfTheLedger()).isTrue();
            assertThat(finding.partition()).isEqualTo(PLAIN);
        });
    }

    private static LedgerLine plusOne(LedgerLine line, String field) {
        ObjectNode json = JSON.valueToTree(line);
        json.put(field, json.path(field).asLong() + 1);
        try {
            return JSON.treeToValue(json, LedgerLine.class);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void namesRecordsWithoutAKeyThatHaveOne() {
        WrittenBatch batch = batch("purchase-split", DedupeScope.PARTITION);
        alter(batch, PLAIN, 2, line -> further(line, new LedgerLine.Further(null, 3L)));

        Verification verification = batch.write().verify();

        assertWrong(verification, new Place(FindingKind.LEDGER_MISMATCH, source, PLAIN, null));
        assertMessage(verification, "records without a key are 3 in the ledger, recounted are 0");
    }

    @Test
    void namesALineOfAnotherBatch() {
        WrittenBatch batch = batch("purchase-split", DedupeScope.PARTITION);
        alter(
                batch,
                PLAIN,
                2,
                line -> new LedgerLine(
                        "another", line.partition(), line.checkpoint(), 0, line.covered(), line.outcomes()));

        Verification verification = batch.write().verify();

        assertWrong(verification, new Place(FindingKind.LEDGER_MISMATCH, source, PLAIN, 50L));
        assertMessage(
                verification,
                "the ledger line of the source offsets 50 to 100 states batch 'another', but its key is that of '%s'"
                        .formatted(batch.plan.spec().batchId()));
    }

    private static void assertMessage(Verification verification, String message) {
        assertThat(verification.remarks().findings())
                .extracting(Finding::message)
                .containsExactly(message);
    }

    private static WrittenBatch batch(String revision, DedupeScope scope) {
        return WrittenBatch.of(revision, KAFKA, source, scope, ResultHeaders.ORIGIN);
    }

    private static void alter(WrittenBatch batch, int partition, long checkpoint, UnaryOperator<LedgerLine> change) {
        LedgerLine line = line(batch, partition, checkpoint);
        batch.lines.set(batch.lines.indexOf(line), change.apply(line));
    }

    private static LedgerLine line(WrittenBatch batch, int partition, long checkpoint) {
        return batch.lines.stream()
                .filter(line -> line.partition() == partition && line.checkpoint() == checkpoint)
                .findFirst()
                .orElseThrow();
    }

    /** Returns the line with other reasons. */
    static LedgerLine withDeadLetters(LedgerLine line, Map<String, Long> deadLetters) {
        return with(line, line.outcomes().skipped(), deadLetters);
    }

    private static LedgerLine withSkipped(LedgerLine line, Map<String, Long> skipped) {
        return with(line, skipped, line.outcomes().deadLetters());
    }

    private static LedgerLine with(LedgerLine line, Map<String, Long> skipped, Map<String, Long> deadLetters) {
        LedgerLine.Outcomes before = line.outcomes();
        return new LedgerLine(
                line.batchId(),
                line.partition(),
                line.checkpoint(),
                line.subtask(),
                line.covered(),
                new LedgerLine.Outcomes(
                        before.read(), skipped, before.duplicates(), deadLetters, before.taken(), before.results()));
    }

    private static LedgerLine further(LedgerLine line, LedgerLine.Further further) {
        return new LedgerLine(
                line.batchId(),
                line.partition(),
                line.checkpoint(),
                line.subtask(),
                line.covered(),
                line.outcomes(),
                further);
    }
}
