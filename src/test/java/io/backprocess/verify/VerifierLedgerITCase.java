package io.backprocess.verify;

import static io.backprocess.testing.Place.assertWrong;
import static io.backprocess.verify.DirtyTopic.PLAIN;
import static io.backprocess.verify.DirtyTopic.bytes;
import static io.backprocess.verify.DirtyTopic.records;
import static io.backprocess.verify.DirtyTopic.topic;
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
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sabotage on the ledger of a batch that was written without Flink, and batches that have not ended. */
class VerifierLedgerITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static String source = "";

    @BeforeAll
    static void aDirtyHistory() {
        source = DirtyTopic.create(KAFKA);
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

    /** The verifier does not ask the table again about what it refused, but knows that the record could have reached it. */
    @Test
    void noticesALetterThatSaysItWasRefusedByATableAndNeverCameThere() {
        WrittenBatch batch = WrittenBatch.upserting(KAFKA, source, "purchase-split");
        ProducerRecord<byte[], byte[]> letter =
                records(batch, Output.DEAD_LETTERS).get(3);
        letter.headers().remove("__backprocess.errors.stage").add("__backprocess.errors.stage", bytes("upsert"));

        Verification verification = batch.write().verify();

        assertWrong(
                verification, new Place(FindingKind.ALTERED_DEAD_LETTER, topic(batch, Output.DEAD_LETTERS), PLAIN, 3L));
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
        assertThatThrownBy(
                        () -> new Repair(batch.plan, KAFKA.clients(), getClass().getClassLoader())
                                .execute(done -> {}, () -> {}))
                .isInstanceOfSatisfying(
                        BatchException.class, e -> assertThat(e.kind()).isEqualTo(BatchException.Kind.REFUSED))
                .hasMessageContaining("is not repaired");
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
}
