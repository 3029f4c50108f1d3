package io.backprocess.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.plan.PlanStore;
import io.backprocess.rewrite.Repair;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Shell.Answer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Losses of every kind in batches that were written without Flink, each repaired and held against what the whole batch would
 * have been. Each partition has two ledger lines; of every second eventId there are copies in both halves.
 */
class RepairedBatchITCase {
    private static final int PARTITIONS = 4;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static String source = "";

    private final Shell shell = new Shell(KAFKA);

    @BeforeAll
    static void aHistoryWithCopies() {
        source = KAFKA.unique("orders");
        KAFKA.createTopic(source, PARTITIONS, "retention.ms=-1");
        KAFKA.send(new RandomHistory(source, PARTITIONS, 7).records(300));
        // Once more, so that the first copies stand in the first half and are duplicates in the second.
        KAFKA.send(new RandomHistory(source, PARTITIONS, 7).records(300));
    }

    /** What is lost: lines by partition and checkpoint, and whether their dead letters are lost too. */
    static Stream<Arguments> losses() {
        return Stream.of(
                        List.of("0/1"),
                        List.of("0/2"),
                        List.of("0/1", "0/2"),
                        List.of("0/1", "1/2", "2/1"),
                        List.of("0/1", "0/2", "1/1", "1/2", "2/1", "2/2"))
                .flatMap(lines -> Stream.of(
                        Arguments.of(lines, true, ResultHeaders.ORIGIN),
                        Arguments.of(lines, false, ResultHeaders.ORIGIN),
                        Arguments.of(lines, true, ResultHeaders.NONE)));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void isCompleteAfterItsRepair(List<String> lines, boolean deadLettersToo, ResultHeaders headers) {
        WrittenBatch batch = batch(headers);
        List<List<String>> results = contents(batch.results);
        List<List<String>> deadLetters = contents(batch.deadLetters);
        lines.forEach(line -> lose(batch, line, deadLettersToo));
        batch.write();
        assertThat(batch.verify().verdict()).isNotEqualTo(Verdict.COMPLETE);

        repair(batch);

        Verification verification = batch.verify();
        assertThat(verification.remarks().findings()).isEmpty();
        assertThat(verification.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(verification.recounted()).isEqualTo(verification.outcomes().ledger());
        assertSameInAnyOrder(batch.resultTopic(), results);
        assertSameInAnyOrder(batch.deadLetterTopic(), deadLetters);
    }

    @Test
    void writesDeadLettersAgainThatAloneWereLost() {
        WrittenBatch batch = batch(ResultHeaders.ORIGIN);
        List<List<String>> deadLetters = contents(batch.deadLetters);
        batch.deadLetters.get(1).subList(3, 9).clear();
        batch.write();
        assertThat(batch.verify().remarks().findings())
                .extracting(Finding::kind)
                .containsOnly(FindingKind.MISSING_DEAD_LETTER)
                .hasSize(6);

        repair(batch);

        assertThat(batch.verify().verdict()).isEqualTo(Verdict.COMPLETE);
        assertSameInAnyOrder(batch.deadLetterTopic(), deadLetters);
    }

    @Test
    void namesWhatIsWrongAmongWhatWasRepaired() {
        WrittenBatch batch = batch(ResultHeaders.ORIGIN);
        lose(batch, "0/1", true);
        int survived = batch.results.get(0).size();
        repair(batch.write());
        ConsumerRecord<byte[], byte[]> repaired = KAFKA.readByPartition(batch.resultTopic())
                .getOrDefault(0, List.of())
                .get(survived);
        KAFKA.send(new ProducerRecord<>(
                batch.resultTopic(), 0, repaired.timestamp(), repaired.key(), repaired.value(), repaired.headers()));

        Verification verification = batch.verify();

        assertThat(verification.remarks().findings()).singleElement().satisfies(finding -> assertThat(finding.kind())
                .isEqualTo(FindingKind.UNEXPECTED_RESULT));
    }

    @ParameterizedTest
    @EnumSource
    void isHalfDoneUntilAnOperatorSaysThatItsJobHasEnded(ResultHeaders headers) throws Exception {
        WrittenBatch batch = batch(headers);
        lose(batch, "1/2", true);
        String id = stored(batch.write());
        String noFlink = "127.0.0.1:1";

        Answer unknown = verify(id, "--repair", "--flink", noFlink);
        Answer dry = verify(id, "--repair", "--job-ended", "--flink", noFlink);
        Answer wrongUsage = verify(id, "--execute");
        Answer done = verify(id, "--repair", "--execute", "--job-ended", "--output", "json", "--flink", noFlink);

        assertThat(unknown.exitCode()).as(unknown.err()).isEqualTo(3);
        assertThat(dry.exitCode()).as(dry.err()).isEqualTo(1);
        LedgerLine whole = batch(headers).lines.stream()
                .filter(line -> line.partition() == 1 && line.checkpoint() == 2)
                .findFirst()
                .orElseThrow();
        assertThat(dry.out())
                .contains("%d to %d"
                        .formatted(whole.covered().from(), whole.covered().next()))
                .contains("Nothing is written. To do it, add --execute.");
        assertThat(wrongUsage.exitCode()).isEqualTo(2);
        assertThat(done.exitCode()).as(done.err()).isZero();
        JsonNode json = new ObjectMapper().readTree(done.out());
        assertThat(json.at("/verification/verdict").asText()).isEqualTo("complete");
        assertThat(json.at("/repair/partitions/0/missing/0/0").asLong())
                .isEqualTo(whole.covered().from());
        assertThat(json.at("/repair/partitions/0/figures/results").asLong())
                .isEqualTo(whole.outcomes().results());
    }

    @Test
    void refusesInGlobalScope() {
        String id = stored(WrittenBatch.of(KAFKA, source, DedupeScope.GLOBAL, ResultHeaders.ORIGIN)
                .write());

        Answer refused = verify(id, "--repair", "--job-ended");

        assertThat(refused.exitCode()).isEqualTo(4);
        assertThat(refused.err()).contains("has --dedupe-scope global and is not repaired");
    }

    private Answer verify(String id, String... options) {
        return shell.backprocess(Stream.concat(Stream.of("verify", "--batch-id", id), Arrays.stream(options))
                .toArray(String[]::new));
    }

    private static String stored(WrittenBatch batch) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            new PlanStore(admin).put(batch.plan);
        }
        return batch.plan.spec().batchId();
    }

    private static void repair(WrittenBatch batch) {
        new Repair(batch.plan, KAFKA.clients(), RepairedBatchITCase.class.getClassLoader())
                .execute(done -> {}, () -> {});
    }

    private static WrittenBatch batch(ResultHeaders headers) {
        return WrittenBatch.of(KAFKA, source, DedupeScope.PARTITION, headers);
    }

    /** As a lost transaction leaves the batch: the line is gone, its results, and the dead letters perhaps. */
    private static void lose(WrittenBatch batch, String partitionAndCheckpoint, boolean deadLettersToo) {
        int slash = partitionAndCheckpoint.indexOf('/');
        int partition = Integer.parseInt(partitionAndCheckpoint.substring(0, slash));
        long checkpoint = Long.parseLong(partitionAndCheckpoint.substring(slash + 1));
        List<LedgerLine> before = batch.lines.stream()
                .filter(line -> line.partition() == partition && line.checkpoint() < checkpoint)
                .toList();
        LedgerLine lost = batch.lines.stream()
                .filter(line -> line.partition() == partition && line.checkpoint() == checkpoint)
                .findFirst()
                .orElseThrow();
        batch.lines.remove(lost);
        int firstResult = (int)
                before.stream().mapToLong(line -> line.outcomes().results()).sum();
        batch.results
                .get(partition)
                .subList(firstResult, firstResult + (int) lost.outcomes().results())
                .clear();
        if (deadLettersToo) {
            int firstLetter =
                    (int) before.stream().mapToLong(RepairedBatchITCase::dead).sum();
            batch.deadLetters
                    .get(partition)
                    .subList(firstLetter, firstLetter + (int) dead(lost))
                    .clear();
        }
    }

    private static long dead(LedgerLine line) {
        return line.outcomes().deadLetters().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private static void assertSameInAnyOrder(String topic, List<List<String>> expected) {
        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> there = KAFKA.readByPartition(topic);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<String> contents = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> record : there.getOrDefault(partition, List.of())) {
                contents.add(content(record.key(), record.value(), record.timestamp(), record.headers()));
            }
            assertThat(contents).containsExactlyInAnyOrderElementsOf(expected.get(partition));
        }
    }

    private static List<List<String>> contents(List<List<ProducerRecord<byte[], byte[]>>> partitions) {
        return partitions.stream()
                .map(records -> records.stream()
                        .map(record -> content(record.key(), record.value(), record.timestamp(), record.headers()))
                        .toList())
                .toList();
    }

    private static String content(
            byte[] key,
            byte[] value,
            long timestamp,
            Iterable<? extends org.apache.kafka.common.header.Header> headers) {
        StringBuilder text = new StringBuilder().append(timestamp);
        for (byte[] bytes : new byte[][] {key, value}) {
            text.append('|').append(bytes == null ? "null" : new String(bytes, StandardCharsets.ISO_8859_1));
        }
        Predicate<String> varies = name -> name.endsWith("errors.stacktrace");
        headers.forEach(header -> text.append('|')
                .append(header.key())
                .append('=')
                .append(varies.test(header.key()) ? "" : Arrays.toString(header.value())));
        return text.toString();
    }
}
