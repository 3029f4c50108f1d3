package io.backprocess;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.DeadLetterLimits;
import io.backprocess.batch.DedupeScope;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.TestBatch;
import io.backprocess.verify.Verdict;
import java.nio.file.Path;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Histories in which everybody means the same key or the same event. */
@SuppressWarnings("NullAway.Init")
class HotKeysITCase {
    private static final int RECORDS = 50_000;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(2);

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource(DedupeScope.class)
    void takesAHistoryOfWhichNineTenthsHaveOneKey(DedupeScope scope) throws Exception {
        BatchLedger ledger = run(scope, null, i -> i % 10 == 0 ? "key-" + i : "hot", i -> envelope("e-" + i, i));

        assertThat(ledger.total().results()).isEqualTo(RECORDS);
    }

    /** In the memory of a subtask, and in none. */
    @Nightly
    @ParameterizedTest
    @ValueSource(strings = {"64 mb", "0"})
    void takesOneOfManyCopiesOfOneEvent(String memory) throws Exception {
        BatchLedger ledger = run(DedupeScope.PARTITION, MemorySize.parse(memory), i -> "hot", i -> envelope("e", 1));

        assertThat(ledger.total().results()).isEqualTo(1);
        assertThat(ledger.total().duplicates()).isEqualTo(RECORDS - 1);
    }

    @Nightly
    @ParameterizedTest
    @ValueSource(strings = {"64 mb", "0"})
    void takesTheFirstOfManyEventsThatClaimTheSameId(String memory) throws Exception {
        BatchLedger ledger = run(DedupeScope.PARTITION, MemorySize.parse(memory), i -> "hot", i -> envelope("e", i));

        assertThat(ledger.total().results()).isEqualTo(1);
        assertThat(ledger.total().deadLetters()).isEqualTo(RECORDS - 1);
    }

    private BatchLedger run(
            DedupeScope scope, @Nullable MemorySize memory, IntFunction<String> key, IntFunction<String> value)
            throws Exception {
        String topic = KAFKA.unique("hot");
        KAFKA.createTopic(topic, 4, "retention.ms=-1");
        KAFKA.send(IntStream.range(0, RECORDS)
                .mapToObj(i -> new ProducerRecord<>(
                        topic, key.apply(i).getBytes(UTF_8), value.apply(i).getBytes(UTF_8)))
                .toList());
        TestBatch batch = new TestBatch(
                KAFKA, topic, "purchase-split", scope, directory.toUri().toString());
        batch.dedupeMemory = memory;
        batch.limits = new DeadLetterLimits(1, 0);

        batch.runToItsEnd(2, null);

        assertThat(batch.verify().verdict()).isEqualTo(Verdict.COMPLETE);
        return batch.ledger();
    }

    private static String envelope(String eventId, int amount) {
        return "{\"eventId\":\"%s\",\"processVersion\":1,\"payload\":{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":%d}}"
                .formatted(eventId, amount);
    }
}
