package io.backprocess.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.kafka.RecordSize;
import io.backprocess.testing.NoSinkContext;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ByReferenceTest {
    private static final int LIMIT = 1 << 20;

    @Test
    void leavesWholeWhatFits() {
        ProducerRecord<byte[], byte[]> letter = letter(record(bytes(10), bytes(LIMIT / 2)));

        assertThat(letter.value()).hasSize(LIMIT / 2);
        assertThat(ByReference.is(letter.headers())).isFalse();
        assertThat(stored(letter).reference()).isNull();
    }

    /** All of it could be compressed to a few kilobytes; that a codec does so is no promise. */
    @Test
    void writesWhatMayNotFitWithoutItsValue() {
        ProducerRecord<byte[], byte[]> letter = letter(record(bytes(10), new byte[LIMIT]));

        assertThat(letter.value()).isNull();
        assertThat(letter.key()).hasSize(10);
        assertThat(headers(letter))
                .containsEntry("__backprocess.errors.reason", "rejected")
                .containsEntry("__backprocess.errors.stage", "revise")
                .containsEntry("__backprocess.errors.value-size", "" + LIMIT)
                .containsEntry(
                        "__backprocess.errors.value-sha256",
                        "30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58")
                .containsKey("trace")
                .doesNotContainKeys(
                        "__backprocess.errors.key-sha256",
                        "__backprocess.errors.headers-dropped",
                        "__backprocess.errors.headers-sha256");
    }

    @Test
    void replacesAKeyThatIsTheLargePart() {
        ProducerRecord<byte[], byte[]> letter = letter(record(new byte[LIMIT], null));

        assertThat(letter.key()).isNull();
        assertThat(headers(letter))
                .containsEntry("__backprocess.errors.value-size", "-1")
                .containsEntry(
                        "__backprocess.errors.key-sha256",
                        "30e14955ebf1352266dc2ff8067e68104607e750abb9d3b36582b8af909fcb58")
                .doesNotContainKey("__backprocess.errors.value-sha256");
    }

    @Test
    void leavesOutTheLargestHeadersFirst() {
        SourceRecord record = record(bytes(1), bytes(1));
        record.headers().add("small", bytes(1000));
        record.headers().add("large", new byte[LIMIT]);
        record.headers().add("middle", bytes(100_000));
        record.headers().add("fairly large", bytes(120_000));

        ProducerRecord<byte[], byte[]> letter = letter(record);

        assertThat(headers(letter))
                .containsEntry("__backprocess.errors.headers-dropped", "2")
                .containsKeys("trace", "small", "middle", "__backprocess.errors.headers-sha256")
                .doesNotContainKeys("large", "fairly large");
        assertThat(letter.value()).isNull();
    }

    @Test
    void fitsIntoAMegabyteWhateverTheRecordIs() {
        SourceRecord record = record(new byte[3 * LIMIT], new byte[3 * LIMIT]);
        for (int i = 0; i < 20_000; i++) {
            record.headers().add("header " + i, bytes(100));
        }
        record.headers().add("x".repeat(LIMIT), null);

        ProducerRecord<byte[], byte[]> letter = letter(record);

        assertThat(RecordSize.atMost(letter.key(), letter.value(), letter.headers()))
                .isLessThan(LIMIT / 2);
    }

    @Test
    void knowsItsOriginalAndNoOther() {
        SourceRecord record = record(new byte[LIMIT], new byte[LIMIT]);
        record.headers().add("large", new byte[LIMIT]);
        StoredDeadLetter stored = stored(letter(record));

        assertThat(stored.with(record)).isPresent();
        assertThat(stored.with(record).orElseThrow().record()).isSameAs(record);
        assertThat(stored.with(record).orElseThrow().reference()).isNull();

        byte[] other = new byte[LIMIT];
        other[LIMIT - 1] = 1;
        assertThat(stored.with(copy(record, other, record.value(), other))).isEmpty();
        assertThat(stored.with(copy(record, record.key(), other, new byte[LIMIT])))
                .isEmpty();
        assertThat(stored.with(copy(record, record.key(), record.value(), other)))
                .isEmpty();
        assertThat(stored.with(copy(record, record.key(), record.value(), new byte[LIMIT])))
                .isPresent();
    }

    private static SourceRecord copy(
            SourceRecord record, byte @Nullable [] key, byte @Nullable [] value, byte[] large) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("trace", "t-1".getBytes(UTF_8));
        headers.add("large", large);
        return new SourceRecord(record.partition(), record.offset(), record.timestamp(), key, value, headers);
    }

    private static SourceRecord record(byte @Nullable [] key, byte @Nullable [] value) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("trace", "t-1".getBytes(UTF_8));
        headers.add("__backprocess.errors.value-size", "17".getBytes(UTF_8));
        return new SourceRecord(3, 17, 1_700_000_000_000L, key, value, headers);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 'x');
        return bytes;
    }

    private static ProducerRecord<byte[], byte[]> letter(SourceRecord record) {
        DeadLetter letter = new DeadLetter(record, "revise", Reason.REJECTED, "no", null, null, 1, "e-1");
        return new DeadLetterSerializer("batch-1", "orders", "orders.batch-1.dlq", "purchase-split", LIMIT)
                .serialize(letter, new NoSinkContext(), 0L);
    }

    private static StoredDeadLetter stored(ProducerRecord<byte[], byte[]> letter) {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(letter.topic(), letter.partition(), 5, letter.key(), letter.value());
        letter.headers().forEach(header -> record.headers().add(header));
        return StoredDeadLetter.read(record).orElseThrow();
    }

    private static Map<String, String> headers(ProducerRecord<byte[], byte[]> letter) {
        Map<String, String> headers = new TreeMap<>();
        for (Header header : letter.headers()) {
            headers.put(header.key(), header.value() == null ? "" : new String(header.value(), UTF_8));
        }
        return headers;
    }
}
