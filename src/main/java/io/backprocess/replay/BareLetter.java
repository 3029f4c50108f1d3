package io.backprocess.replay;

import io.backprocess.deadletter.DeadLetterHeaders;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A dead letter without its reason: its original and its origin. More of a redriven letter cannot be recounted. The revision that
 * failed then often no longer exists, or is a newer jar under the same name.
 */
public final class BareLetter {
    private static final Set<String> KEPT = Set.of(
            DeadLetterHeaders.TOPIC,
            DeadLetterHeaders.PARTITION,
            DeadLetterHeaders.OFFSET,
            DeadLetterHeaders.TIMESTAMP,
            DeadLetterHeaders.BATCH_ID,
            DeadLetterHeaders.VALUE_SIZE,
            DeadLetterHeaders.VALUE_SHA256,
            DeadLetterHeaders.KEY_SHA256,
            DeadLetterHeaders.HEADERS_DROPPED,
            DeadLetterHeaders.HEADERS_SHA256);

    private BareLetter() {}

    public static ConsumerRecord<byte[], byte[]> of(ConsumerRecord<byte[], byte[]> letter) {
        return of(letter, Set.of());
    }

    /** @param further the headers of the failure that the result keeps */
    public static ConsumerRecord<byte[], byte[]> of(ConsumerRecord<byte[], byte[]> letter, Set<String> further) {
        return new ConsumerRecord<>(
                letter.topic(),
                letter.partition(),
                letter.offset(),
                letter.timestamp(),
                letter.timestampType(),
                letter.serializedKeySize(),
                letter.serializedValueSize(),
                letter.key(),
                letter.value(),
                bare(letter.headers(), further),
                letter.leaderEpoch());
    }

    public static ProducerRecord<byte[], byte[]> of(ProducerRecord<byte[], byte[]> letter) {
        return of(letter, Set.of());
    }

    /** @param further the headers of the failure that the result keeps */
    public static ProducerRecord<byte[], byte[]> of(ProducerRecord<byte[], byte[]> letter, Set<String> further) {
        return new ProducerRecord<>(
                letter.topic(),
                letter.partition(),
                letter.timestamp(),
                letter.key(),
                letter.value(),
                bare(letter.headers(), further));
    }

    private static Headers bare(Headers headers, Set<String> further) {
        RecordHeaders bare = new RecordHeaders();
        for (Header header : headers) {
            if (!header.key().startsWith(DeadLetterHeaders.PREFIX)
                    || KEPT.contains(header.key())
                    || further.contains(header.key())) {
                bare.add(header);
            }
        }
        return bare;
    }
}
