package io.backprocess.deadletter;

import static io.backprocess.event.Samples.recordAt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.Origin;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.testing.NoSinkContext;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoredDeadLetterTest {
    private static final DeadLetter LETTER = new DeadLetter(
            new SourceRecord(
                    3,
                    77,
                    -1,
                    "k".getBytes(UTF_8),
                    "v".getBytes(UTF_8),
                    new RecordHeaders().add("trace", "t-1".getBytes(UTF_8)).add("none", null)),
            "revise",
            Reason.RETRIES_EXHAUSTED,
            "no connection",
            "java.net.ConnectException",
            "at x",
            5,
            "e-1");

    @Test
    void isReadBackAsItWasWritten() {
        StoredDeadLetter read = read(written()).orElseThrow();

        assertThat(read.offset()).isEqualTo(900);
        assertThat(read.origin()).isEqualTo(new Origin("orders", 3, 77));
        assertThat(read.record())
                .usingRecursiveComparison()
                .ignoringFields("headers")
                .isEqualTo(LETTER.record());
        assertThat(read.record().headers().toArray())
                .isEqualTo(LETTER.record().headers().toArray());
        assertThat(read.failure().stage()).isEqualTo("revise");
        assertThat(read.failure().reason()).isEqualTo(Reason.RETRIES_EXHAUSTED);
        assertThat(read.failure().message()).isEqualTo("no connection");
        assertThat(read.failure().exception()).isEqualTo("java.net.ConnectException");
        assertThat(read.failure().stackTrace()).isEqualTo("at x");
        assertThat(read.failure().attempts()).isEqualTo(5);
        assertThat(read.writer().batchId()).isEqualTo("batch-1");
        assertThat(read.eventId()).isEqualTo("e-1");
        assertThat(read.writer().revision()).isEqualTo("purchase-split");
    }

    @ParameterizedTest
    @CsvSource({
        "topic,",
        "stage,",
        "partition,",
        "partition,4",
        "partition,x",
        "offset,",
        "offset,-1",
        "offset,1e3",
        "reason,",
        "reason,because",
        "attempts,",
        "attempts,many",
        "timestamp,now"
    })
    void isNoneWhereItsContextIsMissingOrBroken(String name, String value) {
        ProducerRecord<byte[], byte[]> written = written();
        written.headers().remove(DeadLetterHeaders.PREFIX + name);
        if (value != null) {
            written.headers().add(DeadLetterHeaders.PREFIX + name, value.getBytes(UTF_8));
        }

        assertThat(read(written)).isEmpty();
    }

    @Test
    void keepsItsOriginAndAddsTheAttemptsWhereItFailsAgain() {
        StoredDeadLetter before = read(written()).orElseThrow();
        DeadLetter failure =
                new DeadLetter(before.record(), "revise", Reason.REJECTED, "Invalid amount", null, null, 2, "e-1");

        StoredDeadLetter again = read(serialize(before.triedAgain(failure))).orElseThrow();

        assertThat(again.failure().attempts()).isEqualTo(7);
        assertThat(again.failure().reason()).isEqualTo(Reason.REJECTED);
        assertThat(again.failure().stackTrace()).isNull();
        assertThat(again.origin()).isEqualTo(before.origin());
        assertThat(again.record().timestamp()).isEqualTo(-1);
    }

    @Test
    void isFoundByReasonStageAndTime() {
        StoredDeadLetter letter = read(serialize(
                        DeadLetter.of(recordAt(0, 1, "{"), "decode", Reason.MALFORMED_JSON, "no")))
                .orElseThrow();
        Instant at = Instant.ofEpochMilli(letter.record().timestamp());

        assertThat(new DeadLetterFilter(Set.of(), null, null).fits(letter)).isTrue();
        assertThat(new DeadLetterFilter(Set.of(Reason.MALFORMED_JSON, Reason.REJECTED), "decode", at).fits(letter))
                .isTrue();
        assertThat(new DeadLetterFilter(Set.of(Reason.REJECTED), null, null).fits(letter))
                .isFalse();
        assertThat(new DeadLetterFilter(Set.of(), "revise", null).fits(letter)).isFalse();
        assertThat(new DeadLetterFilter(Set.of(), null, at.plusMillis(1)).fits(letter))
                .isFalse();
    }

    private static ProducerRecord<byte[], byte[]> written() {
        return serialize(LETTER);
    }

    private static ProducerRecord<byte[], byte[]> serialize(DeadLetter letter) {
        return new DeadLetterSerializer("batch-1", "orders", "orders.batch-1.dlq", "purchase-split", 1 << 20)
                .serialize(letter, new NoSinkContext(), 0L);
    }

    private static Optional<StoredDeadLetter> read(ProducerRecord<byte[], byte[]> written) {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(written.topic(), written.partition(), 900, written.key(), written.value());
        written.headers().forEach(record.headers()::add);
        return StoredDeadLetter.read(record);
    }
}
