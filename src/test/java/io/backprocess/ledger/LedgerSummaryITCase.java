package io.backprocess.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.OffsetRange;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.TestBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Summaries are a shortcut for those who start to read a ledger, and never evidence. */
class LedgerSummaryITCase {
    private static final int PARTITIONS = 4;
    private static final int LINES = 6 * LedgerSummary.EVERY + 600;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private final String topic = KAFKA.unique("ledger");
    private LedgerReader reader = reader("batch", 0);

    @BeforeEach
    void aLedgerThatTwoBatchesShare() {
        KAFKA.createTopic(topic, 1);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int line = 0; line < LINES; line++) {
            records.add(line("batch", line));
            if (line % 10 == 0) {
                records.add(line("batch-2", line));
            }
        }
        KAFKA.send(records);
    }

    @Test
    void whoStartsToReadReadsFromTheNewestSummaryAndKnowsTheSame() {
        summarize();

        assertThat(summaries()).hasSize(1);
        List<Long> read = new ArrayList<>();
        BatchLedger byLines = reader.read(commit -> read.add(commit.line().checkpoint()));
        BatchLedger byTheSummary = reader.read();
        assertThat(read).hasSize(LINES);
        assertThat(everything(byTheSummary)).isEqualTo(everything(byLines));
        LedgerAccumulator track = new LedgerAccumulator("batch", ranges(), 0, Long.MAX_VALUE, line -> {}, false);
        try (LedgerFollower follower = new LedgerFollower(track, partition(), KAFKA.clients())) {
            assertThat(track.from()).as("where it goes on").isGreaterThan(6L * LedgerSummary.EVERY);
            assertThat(everything(follower.poll())).isEqualTo(everything(byLines));
        }
        assertThat(everything(reader("batch-2", 0).read()))
                .isEqualTo(everything(reader("batch-2", 0).read(line -> {})));
    }

    @Nightly
    @Test
    void aSummaryOfYoungerCheckpointsIsNotUsedWhereTheyAreNotToBeSeen() {
        summarize();

        assertThat(reader.readSettled(Duration.ofSeconds(10), 100).total().read())
                .isEqualTo(101L * PARTITIONS * 10);
    }

    /** Its many lines take longer to read than anybody is to be waited for. */
    @Test
    void aLongLedgerIsNotTakenForAHiddenOne() {
        Duration patience = Duration.ofMillis(1);

        assertThat(reader.readSettled(patience).total().read()).isEqualTo(LINES * 10L);
        assertThat(reader.readSettled(patience, 100).total().read()).isEqualTo(101L * PARTITIONS * 10);
    }

    @Nightly
    @Test
    void allBatchesAtOnceKnowTheSame() {
        summarize();
        LedgerSurvey survey = new LedgerSurvey();
        survey.add("batch", ranges(), partition(), 0);
        survey.add("batch-2", ranges(), partition(), 0);

        Map<String, BatchLedger> ledgers = survey.read(KAFKA.clients(), Duration.ZERO);

        assertThat(everything(Objects.requireNonNull(ledgers.get("batch"))))
                .isEqualTo(everything(reader.read(line -> {})));
        assertThat(everything(Objects.requireNonNull(ledgers.get("batch-2"))))
                .isEqualTo(everything(reader("batch-2", 0).read(line -> {})));
    }

    @Test
    void aSurveyKeepsNothingButTheIdOfABatchThatIsComplete() {
        OffsetRange read = new OffsetRange(0, 0, 10);
        LedgerLine line = new LedgerLine(
                "done",
                0,
                1,
                0,
                new LedgerLine.Covered(0L, 10L),
                new LedgerLine.Outcomes(10, Map.of(), 0, Map.of(), 10, 10));
        KAFKA.send(new ProducerRecord<>(topic, 0, "done/0".getBytes(UTF_8), line.write()));
        LedgerSurvey survey = new LedgerSurvey();
        survey.add("done", List.of(read), partition(), 0);
        survey.add("batch", ranges(), partition(), 0);

        Map<String, BatchLedger> ledgers = survey.read(KAFKA.clients(), Duration.ZERO);

        assertThat(ledgers).containsOnlyKeys("batch");
        assertThat(survey.completed()).containsExactly("done");
    }

    /** As where the ledger's topic was made again since that batch was planned. */
    @Test
    void aBatchWhoseLedgerWouldBeginBehindTheEndHidesNoOther() {
        String empty = KAFKA.unique("ledger");
        KAFKA.createTopic(empty, 1);
        LedgerSurvey survey = new LedgerSurvey();
        survey.add("batch", ranges(), partition(), 0);
        survey.add("batch-3", ranges(), new TopicPartition(empty, 0), 1000);

        Map<String, BatchLedger> ledgers = survey.read(KAFKA.clients(), Duration.ZERO);

        assertThat(Objects.requireNonNull(ledgers.get("batch")).total().read()).isEqualTo(LINES * 10L);
        assertThat(Objects.requireNonNull(ledgers.get("batch-3")).isEmpty()).isTrue();
        assertThat(survey.hidden()).isEmpty();
    }

    @Nightly
    @Test
    void whoReadsAllLinesNamesASummaryThatIsNotTheirSum() {
        summarize();
        assertThat(wrong()).isEmpty();
        String summary = new String(summaries().get(0).value(), UTF_8);
        String damaged = summary.replaceFirst("\"counts\":\\{\"read\":\\d+", "\"counts\":{\"read\":7");
        assertThat(damaged).isNotEqualTo(summary);

        send(damaged);
        send("no summary");

        assertThat(wrong()).hasSize(2);
        assertThat(reader.read(line -> {}).total().read()).isEqualTo(LINES * 10L);
        assertThat(reader.read().total().read())
                .as("who does not read all lines believes the damaged one, and passes over what cannot be read")
                .isNotEqualTo(LINES * 10L);
    }

    @Nightly
    @Test
    void aSummaryOfAnotherPlanUnderTheSameIdIsPassedOver() {
        summarize();

        assertThat(reader("batch", 11).read().total())
                .isEqualTo(reader("batch", 11).read(line -> {}).total());
    }

    /** Readers before there were summaries took what begins with the id and a slash, or what stands before the first slash. */
    @Test
    void whoDoesNotKnowSummariesDoesNotTakeThemForLines() {
        String key = LedgerSummary.key("batch");

        assertThat(key).doesNotStartWith("batch/").doesNotContain("/");
    }

    private void summarize() {
        try (LedgerSummaries summaries = LedgerSummaries.start(reader, Duration.ofMillis(50))) {
            TestBatch.await("a summary", () -> !summaries().isEmpty());
        }
    }

    private List<Long> wrong() {
        try (LedgerFollower follower = reader.follow(line -> {})) {
            follower.poll();
            return follower.wrongSummaries();
        }
    }

    private void send(String summary) {
        KAFKA.send(List.of(
                new ProducerRecord<>(topic, 0, LedgerSummary.key("batch").getBytes(UTF_8), summary.getBytes(UTF_8))));
    }

    private List<ConsumerRecord<byte[], byte[]>> summaries() {
        return KAFKA.read(topic).stream()
                .filter(record -> new String(record.key(), UTF_8).equals(LedgerSummary.key("batch")))
                .toList();
    }

    /** All that a ledger knows. */
    private static String everything(BatchLedger ledger) {
        return new String(ledger.summary("any", 0, 0, 0).write(), UTF_8);
    }

    private LedgerReader reader(String batchId, long start) {
        return new LedgerReader(batchId, ranges(), partition(), start, KAFKA.clients());
    }

    private TopicPartition partition() {
        return new TopicPartition(topic, 0);
    }

    private static List<OffsetRange> ranges() {
        return List.of(
                OffsetRange.openFrom(0, 0),
                OffsetRange.openFrom(1, 0),
                OffsetRange.openFrom(2, 0),
                OffsetRange.openFrom(3, 0));
    }

    private ProducerRecord<byte[], byte[]> line(String batchId, int number) {
        int partition = number % PARTITIONS;
        int checkpoint = number / PARTITIONS;
        LedgerLine line = new LedgerLine(
                batchId,
                partition,
                checkpoint,
                0,
                new LedgerLine.Covered(checkpoint * 10L, checkpoint * 10L + 10),
                new LedgerLine.Outcomes(10, Map.of("2", 1L), 1, Map.of("rejected", 1L), 7, 8));
        return new ProducerRecord<>(topic, 0, (batchId + "/" + partition).getBytes(UTF_8), line.write());
    }
}
