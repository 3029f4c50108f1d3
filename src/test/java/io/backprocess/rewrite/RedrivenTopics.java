package io.backprocess.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.TopicNames;
import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.event.Origin;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.testing.Completeness;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Oracle;
import io.backprocess.testing.TestBatch;
import io.backprocess.verify.Verification;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Reads the topics that a batch and its redrives have written. */
final class RedrivenTopics {
    private final KafkaBroker kafka;
    private final TestBatch batch;

    RedrivenTopics(KafkaBroker kafka, TestBatch batch) {
        this.kafka = kafka;
        this.batch = batch;
    }

    /** Those that are dead now, one for each origin. */
    Map<Origin, StoredDeadLetter> dead() {
        Map<Origin, StoredDeadLetter> dead = new java.util.LinkedHashMap<>();
        BatchLedger ledger = batch.ledger();
        for (ConsumerRecord<byte[], byte[]> record :
                kafka.read(batch.plan.spec().deadLetterTopic())) {
            if (!ledger.redriven(record.partition()).deadLetters().contains(record.offset())) {
                StoredDeadLetter letter = StoredDeadLetter.read(record).orElseThrow();
                assertThat(dead.put(letter.origin(), letter))
                        .as("%s is dead twice", letter.origin())
                        .isNull();
            }
        }
        return dead;
    }

    Map<String, Object> ends() throws Exception {
        Map<String, Object> ends = new TreeMap<>();
        for (String topic :
                List.of(batch.plan.spec().resultTopic(), batch.plan.spec().deadLetterTopic(), TopicNames.LEDGER)) {
            for (int partition = 0; partition < kafka.partitions(topic); partition++) {
                var place = new org.apache.kafka.common.TopicPartition(topic, partition);
                ends.put(
                        place.toString(),
                        kafka.admin()
                                .listOffsets(Map.of(place, org.apache.kafka.clients.admin.OffsetSpec.latest()))
                                .partitionResult(place)
                                .get()
                                .offset());
            }
        }
        return ends;
    }

    void assertComplete() {
        Verification verification = batch.verify();
        Completeness.assertComplete(verification);
        assertThat(verification.outcomes().deadLettersOnTopic()).isEqualTo(dead().size());
    }

    /** In any order: what is redriven comes after the rest. */
    void assertResultsAsIfNothingHadFailed() {
        Map<Integer, List<ConsumerRecord<byte[], byte[]>>> history =
                kafka.readByPartition(batch.plan.spec().sourceTopic());
        Oracle oracle =
                new Oracle(batch.plan.spec().batchId(), batch.plan.spec().revision(), history);
        history.forEach((partition, records) -> assertThat(results(partition, records))
                .as("results of partition %d", partition)
                .containsExactlyInAnyOrderElementsOf(oracle.results.get(partition)));
    }

    private List<String> results(int partition, List<ConsumerRecord<byte[], byte[]>> history) {
        List<String> lines = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> result :
                kafka.readByPartition(batch.plan.spec().resultTopic()).getOrDefault(partition, List.of())) {
            Origin origin = Origin.parse(
                    text(result.headers().lastHeader("backprocess.source").value()));
            ConsumerRecord<byte[], byte[]> source = history.stream()
                    .filter(record -> record.offset() == origin.offset())
                    .findFirst()
                    .orElseThrow();
            assertThat(result.key()).isEqualTo(source.key());
            assertThat(result.timestamp()).isEqualTo(source.timestamp());
            List<Header> own = new ArrayList<>(List.of(result.headers().toArray()));
            own.remove(own.size() - 1);
            assertThat(own).containsExactly(source.headers().toArray());
            lines.add(Oracle.line(source, text(result.value())));
        }
        return lines;
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
