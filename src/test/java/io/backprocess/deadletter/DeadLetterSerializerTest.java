package io.backprocess.deadletter;

import static io.backprocess.event.Samples.recordAt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.testing.NoSinkContext;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadLetterSerializerTest {
    private final DeadLetterSerializer serializer =
            new DeadLetterSerializer("batch-1", "orders", "orders.batch-1.dlq", "purchase-split,currency", 1 << 20);

    /** DESIGN section 7, to the letter. */
    @Test
    void putsTheContextIntoHeaders() {
        DeadLetter letter = new DeadLetter(
                recordAt(3, 1_234_567, "{"),
                "revise",
                Reason.RETRIES_EXHAUSTED,
                "no connection",
                "java.net.ConnectException",
                "java.net.ConnectException: no\n\tat x",
                5,
                "e-1");

        ProducerRecord<byte[], byte[]> record = serialize(letter);

        assertThat(texts(record.headers()))
                .containsExactly(
                        "__backprocess.errors.topic=orders",
                        "__backprocess.errors.partition=3",
                        "__backprocess.errors.offset=1234567",
                        "__backprocess.errors.timestamp=" + letter.record().timestamp(),
                        "__backprocess.errors.stage=revise",
                        "__backprocess.errors.reason=retries-exhausted",
                        "__backprocess.errors.exception=java.net.ConnectException",
                        "__backprocess.errors.message=no connection",
                        "__backprocess.errors.stacktrace=java.net.ConnectException: no\n\tat x",
                        "__backprocess.errors.attempts=5",
                        "__backprocess.errors.batch-id=batch-1",
                        "__backprocess.errors.event-id=e-1",
                        "__backprocess.errors.revision=purchase-split,currency");
    }

    @Test
    void leavesOutWhatIsNotKnown() {
        DeadLetter letter = DeadLetter.of(recordAt(0, 1, null), "decode", Reason.TOMBSTONE, "null");

        ProducerRecord<byte[], byte[]> record = serialize(letter);

        assertThat(record.headers())
                .extracting(Header::key)
                .doesNotContain(DeadLetterHeaders.EXCEPTION, DeadLetterHeaders.STACKTRACE, DeadLetterHeaders.EVENT_ID)
                .hasSize(10);
    }

    @Test
    void keepsTheOriginalByteForByte() {
        byte[] key = {0, (byte) 0xFF, 1};
        byte[] value = {(byte) 0x80, 0, 7};
        Headers headers = new RecordHeaders()
                .add("trace", new byte[] {(byte) 0xFE})
                .add("none", null)
                .add("trace", new byte[0])
                .add("__connect.errors.topic", "t".getBytes(UTF_8))
                .add("__backprocess.errorsandmore", "x".getBytes(UTF_8));
        SourceRecord source = new SourceRecord(5, 9, 1_700_000_000_123L, key, value, headers);

        ProducerRecord<byte[], byte[]> record = serialize(letter(source, "no"));

        assertThat(record.topic()).isEqualTo("orders.batch-1.dlq");
        assertThat(record.partition()).isEqualTo(5);
        assertThat(record.timestamp()).isEqualTo(1_700_000_000_123L);
        assertThat(record.key()).isSameAs(key);
        assertThat(record.value()).isSameAs(value);
        assertThat(List.of(record.headers().toArray()).subList(0, 5)).containsExactly(headers.toArray());
        assertThat(headers.toArray()).as("the source's own headers").hasSize(5);
    }

    @Test
    void keepsThatThereIsNoKeyAndNoValue() {
        SourceRecord source = new SourceRecord(0, 9, 0, null, null, new RecordHeaders());

        ProducerRecord<byte[], byte[]> record = serialize(letter(source, "no"));

        assertThat(record.key()).isNull();
        assertThat(record.value()).isNull();
    }

    @Test
    void saysInAHeaderThatThereWasNoTimestamp() {
        SourceRecord source = new SourceRecord(0, 9, -1, null, null, new RecordHeaders());

        ProducerRecord<byte[], byte[]> record = serialize(letter(source, "no"));

        assertThat(record.timestamp())
                .as("Kafka's producer takes no negative ones")
                .isZero();
        assertThat(text(record.headers(), DeadLetterHeaders.TIMESTAMP)).isEqualTo("-1");
    }

    @Test
    void replacesTheContextOfAnEarlierFailure() {
        ProducerRecord<byte[], byte[]> first = serialize(new DeadLetter(
                recordAt(1, 2, "{"), "decode", Reason.MALFORMED_JSON, "first", "a.B", "trace", 1, "e-1"));
        Headers before = new RecordHeaders(first.headers())
                .add("mine", "1".getBytes(UTF_8))
                .add("__backprocess.errors.unheard-of", "1".getBytes(UTF_8));
        SourceRecord again = new SourceRecord(1, 2, 3, null, null, before);

        ProducerRecord<byte[], byte[]> second = serialize(letter(again, "second"));

        assertThat(second.headers())
                .extracting(Header::key)
                .doesNotHaveDuplicates()
                .hasSize(11);
        assertThat(text(second.headers(), DeadLetterHeaders.MESSAGE)).isEqualTo("second");
        assertThat(second.headers().lastHeader(DeadLetterHeaders.EXCEPTION)).isNull();
        assertThat(second.headers().lastHeader("__backprocess.errors.unheard-of"))
                .isNull();
        assertThat(text(second.headers(), "mine")).isEqualTo("1");
    }

    @ParameterizedTest
    @CsvSource({
        // what the message is made of, how often, and how many bytes are kept
        "x, 1024, 1024",
        "x, 1025, 1024",
        "x, 100000, 1024",
        "\u00e9, 512, 1024",
        "\u00e9, 513, 1024",
        "\u20ac, 341, 1023",
        "\u20ac, 342, 1023",
        "\ud83d\ude00, 256, 1024",
        "\ud83d\ude00, 257, 1024",
        "x\u20ac\u20ac\u20ac, 1000, 1024",
        "\u00e9x, 1000, 1023",
        "xx\ud83d\ude00, 1000, 1022",
    })
    void cutsAMessageBetweenTwoCharacters(String character, int times, int kept) {
        String message = character.repeat(times);

        ProducerRecord<byte[], byte[]> record = serialize(letter(recordAt(0, 1, null), message));

        String text = text(record.headers(), DeadLetterHeaders.MESSAGE);
        assertThat(text.getBytes(UTF_8).length).isEqualTo(kept);
        assertThat(message).startsWith(text);
    }

    @Test
    void boundsStackTraceAndEventId() {
        DeadLetter letter = new DeadLetter(
                recordAt(0, 1, "x"),
                "revise",
                Reason.UNEXPECTED,
                "no",
                "a.B",
                "\u20ac".repeat(100_000),
                1,
                "\u00e9".repeat(100_000));

        ProducerRecord<byte[], byte[]> record = serialize(letter);

        assertThat(record.headers().lastHeader(DeadLetterHeaders.STACKTRACE).value())
                .hasSize(4095);
        assertThat(record.headers().lastHeader(DeadLetterHeaders.EVENT_ID).value())
                .hasSize(1024);
    }

    @Test
    void travelsToTheTaskManagers() throws Exception {
        DeadLetter letter = letter(recordAt(0, 1, null), "no");

        DeadLetterSerializer arrived = InstantiationUtil.clone(serializer);

        assertThat(arrived.serialize(letter, new NoSinkContext(), 0L)).isEqualTo(serialize(letter));
    }

    private static DeadLetter letter(SourceRecord record, String message) {
        return DeadLetter.of(record, "decode", Reason.MALFORMED_JSON, message);
    }

    private ProducerRecord<byte[], byte[]> serialize(DeadLetter letter) {
        return serializer.serialize(letter, new NoSinkContext(), 42L);
    }

    private static List<String> texts(Headers headers) {
        List<String> texts = new ArrayList<>();
        for (Header header : headers) {
            texts.add(header.key() + "=" + new String(header.value(), UTF_8));
        }
        return texts;
    }

    private static String text(Headers headers, String name) {
        @Nullable Header header = headers.lastHeader(name);
        if (header == null) {
            throw new AssertionError("no header " + name);
        }
        return new String(header.value(), UTF_8);
    }
}
