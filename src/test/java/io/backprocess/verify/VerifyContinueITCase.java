package io.backprocess.verify;

import static io.backprocess.testing.Place.assertWrong;
import static io.backprocess.verify.DirtyTopic.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.Backprocess;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.Figures;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.batch.ResultPlacement;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.plan.PlanStore;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Place;
import io.backprocess.testing.UserEvents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Proofs that go on from an earlier one, on one machine and on a cluster, over batches that were written without Flink. */
@SuppressWarnings("NullAway.Init")
class VerifyContinueITCase {
    private static final String FROM_ITS_BEGINNING = "is proven from its beginning";

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @TempDir
    Path directory;

    private final List<String> notes = new ArrayList<>();
    private @Nullable String savepoint;

    private enum Way {
        HERE,
        ON_CLUSTER
    }

    @ParameterizedTest
    @EnumSource
    void provesOnlyWhatIsNew(Way way) {
        WrittenBatch batch = batch(DirtyTopic.create(KAFKA)).writeFirstCheckpoint();
        Verification first = goOn(way, batch);
        KAFKA.deleteRecordsBefore(batch.plan.spec().sourceTopic(), PLAIN, 50);
        KAFKA.deleteRecordsBefore(batch.resultTopic(), PLAIN, 20);
        batch.write();

        Verification second = goOn(way, batch);

        assertThat(first.verdict()).isEqualTo(Verdict.INCOMPLETE);
        assertThat(second.remarks().findings()).isEmpty();
        assertThat(second.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(second.recounted())
                .isEqualTo(second.outcomes().ledger())
                .isEqualTo(new Figures(113, 1, 1, 5 + 1 + 10, 3 + 2 + 90, 5 + 2 + 90));
        assertThat(batch.verifyOnce().verdict()).isNotEqualTo(Verdict.COMPLETE);
        assertThat(notes).noneMatch(note -> note.contains(FROM_ITS_BEGINNING));
    }

    @ParameterizedTest
    @EnumSource
    void tellsWhatTheSourceHasLostBeforeItWasProven(Way way) {
        WrittenBatch batch = batch(DirtyTopic.create(KAFKA)).writeFirstCheckpoint();
        goOn(way, batch);
        KAFKA.deleteRecordsBefore(batch.plan.spec().sourceTopic(), PLAIN, 60);
        batch.write();

        Verification second = goOn(way, batch);

        assertThat(second.verdict()).isEqualTo(Verdict.CANNOT_TELL);
        assertThat(second.remarks().unknown()).singleElement().satisfies(unknown -> {
            assertThat(unknown.partition()).isEqualTo(PLAIN);
            assertThat(unknown.from()).isEqualTo(50);
            assertThat(unknown.to()).isEqualTo(60);
        });
    }

    @ParameterizedTest
    @EnumSource
    void findsACopyOfAnEventFromBeforeTheLastProof(Way way) {
        WrittenBatch batch = batch(historyWithACopy());
        batch.writeFirstCheckpoint();
        Verification first = goOn(way, batch);
        takeTheCopy(batch);
        batch.write();

        Verification second = goOn(way, batch);

        assertThat(first.verdict()).isEqualTo(Verdict.INCOMPLETE);
        assertWrong(
                second,
                new Place(FindingKind.UNEXPECTED_RESULT, batch.resultTopic(), 0, 19L),
                new Place(FindingKind.LEDGER_MISMATCH, batch.plan.spec().sourceTopic(), 0, null));
        assertThat(second.remarks().findings())
                .isEqualTo(batch.verifyOnce().remarks().findings());
        assertThat(notes).noneMatch(note -> note.contains(FROM_ITS_BEGINNING));
    }

    @ParameterizedTest
    @EnumSource
    void keepsNoProofOfWhatIsWrong(Way way) {
        WrittenBatch batch = batch(DirtyTopic.create(KAFKA));
        ProducerRecord<byte[], byte[]> lost = batch.results.get(PLAIN).remove(7);
        batch.writeFirstCheckpoint();

        Verification wrong = goOn(way, batch);
        KAFKA.send(List.of(lost));
        batch.write();
        Verification second = goOn(way, batch);

        assertThat(wrong.verdict()).isEqualTo(Verdict.WRONG);
        assertThat(savepoint).isNull();
        assertThat(way == Way.HERE ? notes : List.of(KeptProofs.NOT_KEPT)).contains(KeptProofs.NOT_KEPT);
        assertThat(second.remarks().findings())
                .isEqualTo(batch.verifyOnce().remarks().findings())
                .isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void readsAgainWhatARedriveHasChanged(Way way) {
        WrittenBatch batch = batch(DirtyTopic.create(KAFKA)).write();
        Verification first = goOn(way, batch);
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            new PlanStore(admin).put(batch.plan);
        }
        int redriven = Backprocess.commandLine()
                .execute(
                        "redrive",
                        "--batch-id",
                        batch.plan.spec().batchId(),
                        "--execute",
                        "--bootstrap-servers",
                        KAFKA.bootstrapServers());

        Verification second = goOn(way, batch);

        assertThat(redriven).isZero();
        assertThat(first.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(second).isEqualTo(batch.verifyOnce());
        assertThat(second.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(second.redriven()).isPositive();
        if (way == Way.HERE) {
            assertThat(notes).anyMatch(note -> note.startsWith("partition " + PLAIN + " " + FROM_ITS_BEGINNING));
        }
    }

    @ParameterizedTest
    @EnumSource
    void goesOnWhereKeysChooseThePartitionsOfResults(Way way) {
        WrittenBatch batch = WrittenBatch.placed(
                        KAFKA, DirtyTopic.create(KAFKA), DedupeScope.PARTITION, new ResultPlacement(2, null, null))
                .write();
        Verification first = goOn(way, batch);

        Verification second = goOn(way, batch);

        assertThat(first.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(second).isEqualTo(first).isEqualTo(batch.verifyOnce());
        assertThat(notes).noneMatch(note -> note.contains(FROM_ITS_BEGINNING));
    }

    @Test
    void provesAllAgainIfTheEventIdsAreDamagedOrGone() throws Exception {
        WrittenBatch batch = batch(DirtyTopic.create(KAFKA)).write();
        Verification first = goOn(Way.HERE, batch);
        Path ids = idsOf(batch, PLAIN);
        byte[] bytes = Files.readAllBytes(ids);
        bytes[bytes.length / 2]++;
        Files.write(ids, bytes);

        Verification afterDamage = goOn(Way.HERE, batch);
        Files.delete(idsOf(batch, PLAIN));
        Verification afterLoss = goOn(Way.HERE, batch);
        Files.writeString(proof(batch).resolve("proof.json"), "{");
        Verification afterAll = goOn(Way.HERE, batch);

        assertThat(List.of(afterDamage, afterLoss, afterAll)).containsOnly(first);
        assertThat(notes)
                .anyMatch(note -> note.matches("partition 3 is proven from its beginning: .* is damaged: its hash .*"))
                .anyMatch(note -> note.matches("partition 3 is proven from its beginning: its eventIds are gone.*"))
                .anyMatch(note -> note.matches(".*proof.json is damaged, so all of it is proven again"));
        assertThat(files(batch)).hasSize(4 + 2);
    }

    @Test
    void cutsOffWhatAKilledProofHasWritten() throws Exception {
        WrittenBatch batch = batch(DirtyTopic.create(KAFKA)).writeFirstCheckpoint();
        goOn(Way.HERE, batch);
        Path ids = idsOf(batch, PLAIN);
        byte[] bytes = Files.readAllBytes(ids);
        Files.write(ids, Arrays.copyOf(bytes, bytes.length + 1000));
        batch.write();

        Verification second = goOn(Way.HERE, batch);

        assertThat(second).isEqualTo(batch.verifyOnce());
        assertThat(notes).noneMatch(note -> note.contains(FROM_ITS_BEGINNING));
    }

    @Test
    void saysThatAProofCannotBeKept() throws Exception {
        WrittenBatch batch = batch(DirtyTopic.create(KAFKA)).write();
        Files.createDirectories(proof(batch).resolve("proof.json.new"));

        Verification verification = goOn(Way.HERE, batch);

        assertThat(verification.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(notes).last().asString().startsWith("warning: the proof cannot be kept in " + proof(batch));
    }

    @Test
    void refusesASecondProofInTheSameDirectory() {
        WrittenBatch batch = batch(DirtyTopic.create(KAFKA)).write();
        try (KeptProofs open = KeptProofs.open(directory, batch.plan, notes::add)) {
            assertThat(open).isNotNull();
            assertThatThrownBy(() -> goOn(Way.HERE, batch))
                    .isInstanceOfSatisfying(BatchException.class, refusal -> assertThat(refusal.kind())
                            .isEqualTo(BatchException.Kind.REFUSED))
                    .hasMessageContaining("another verify uses the proof in ");
        }
    }

    private Verification goOn(Way way, WrittenBatch batch) {
        ClassLoader classes = getClass().getClassLoader();
        if (way == Way.ON_CLUSTER) {
            return BothWays.goOn(batch.plan, KAFKA.clients(), classes, savepoint, kept -> savepoint = kept);
        }
        try (KeptProofs kept = KeptProofs.open(directory, batch.plan, notes::add)) {
            return new Verifier(batch.plan, KAFKA.clients(), classes)
                    .goingOnFrom(kept)
                    .verify();
        }
    }

    private static WrittenBatch batch(String source) {
        return WrittenBatch.of(KAFKA, source, DedupeScope.PARTITION, ResultHeaders.ORIGIN);
    }

    /** Twenty events in one partition, of which the last is a copy of the fourth. */
    private static String historyWithACopy() {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            records.add(UserEvents.event(topic, 0, "e-" + (i == 19 ? 3 : i), "user-1"));
        }
        KAFKA.send(records);
        return topic;
    }

    /** Makes the batch one that has taken the copy as well, and says so in its ledger. */
    private static void takeTheCopy(WrittenBatch batch) {
        ProducerRecord<byte[], byte[]> result =
                batch.results.get(0).get(batch.results.get(0).size() - 1);
        String source = batch.plan.spec().sourceTopic();
        ProducerRecord<byte[], byte[]> copy = new ProducerRecord<>(
                result.topic(),
                result.partition(),
                result.timestamp(),
                result.key(),
                new String(result.value(), StandardCharsets.UTF_8)
                        .replace("\"e-18\"", "\"e-3\"")
                        .getBytes(StandardCharsets.UTF_8),
                result.headers());
        copy.headers()
                .remove("backprocess.source")
                .add("backprocess.source", (source + "/0/19").getBytes(StandardCharsets.UTF_8));
        batch.results.get(0).add(copy);
        LedgerLine line = batch.lines.remove(0);
        batch.lines.add(new LedgerLine(
                line.batchId(),
                0,
                line.checkpoint(),
                line.subtask(),
                line.covered(),
                new LedgerLine.Outcomes(10, new TreeMap<>(), 0, new TreeMap<>(), 10, 10)));
    }

    private Path proof(WrittenBatch batch) {
        return directory.resolve(batch.plan.spec().batchId());
    }

    private List<Path> files(WrittenBatch batch) throws IOException {
        try (Stream<Path> files = Files.list(proof(batch))) {
            return files.toList();
        }
    }

    private Path idsOf(WrittenBatch batch, int partition) throws IOException {
        return files(batch).stream()
                .filter(file -> file.getFileName().toString().startsWith(partition + "-"))
                .findFirst()
                .orElseThrow();
    }
}
