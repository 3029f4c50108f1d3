package io.backprocess.deadletter;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.Origin;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as stored in its topic, with its context read back from the headers.
 *
 * @param offset the offset in the dead-letter topic; the partition number is the origin's
 * @param origin the first origin, where the record was read
 * @param record the original: partition, offset and timestamp as in its source topic, headers without the context
 * @param attempts the number of attempts, over all redrives
 * @param reference what {@code record} lacks where the letter is stored {@link ByReference}; null where it is whole
 */
public record StoredDeadLetter(
        long offset,
        Origin origin,
        SourceRecord record,
        String stage,
        Reason reason,
        @Nullable String exception,
        @Nullable String message,
        @Nullable String stackTrace,
        int attempts,
        @Nullable String batchId,
        @Nullable String eventId,
        @Nullable String revision,
        @Nullable Reference reference) {

    /** Reads a dead letter. It is empty where the record is not a dead letter, because another process has written it. */
    public static Optional<StoredDeadLetter> read(ConsumerRecord<byte[], byte[]> record) {
        Headers headers = record.headers();
        String topic = DeadLetterHeaders.text(headers, DeadLetterHeaders.TOPIC);
        String stage = DeadLetterHeaders.text(headers, DeadLetterHeaders.STAGE);
        try {
            int partition = Integer.parseInt(DeadLetterHeaders.text(headers, DeadLetterHeaders.PARTITION));
            long offset = Long.parseLong(DeadLetterHeaders.text(headers, DeadLetterHeaders.OFFSET));
            if (topic == null || stage == null || partition != record.partition() || offset < 0) {
                return Optional.empty();
            }
            return Optional.of(new StoredDeadLetter(
                    record.offset(),
                    new Origin(topic, partition, offset),
                    original(record, offset),
                    stage,
                    Reason.of(String.valueOf(DeadLetterHeaders.text(headers, DeadLetterHeaders.REASON))),
                    DeadLetterHeaders.text(headers, DeadLetterHeaders.EXCEPTION),
                    DeadLetterHeaders.text(headers, DeadLetterHeaders.MESSAGE),
                    DeadLetterHeaders.text(headers, DeadLetterHeaders.STACKTRACE),
                    Integer.parseInt(DeadLetterHeaders.text(headers, DeadLetterHeaders.ATTEMPTS)),
                    DeadLetterHeaders.text(headers, DeadLetterHeaders.BATCH_ID),
                    DeadLetterHeaders.text(headers, DeadLetterHeaders.EVENT_ID),
                    DeadLetterHeaders.text(headers, DeadLetterHeaders.REVISION),
                    Reference.read(headers).orElse(null)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Returns this letter with its original filled in; empty where the record found is another one. */
    public Optional<StoredDeadLetter> with(SourceRecord found) {
        return ByReference.standsFor(this, found) ? Optional.of(withRecord(found)) : Optional.empty();
    }

    /** Returns this letter without its original, for callers that do not need it. */
    public StoredDeadLetter withoutContent() {
        return new StoredDeadLetter(
                offset,
                origin,
                new SourceRecord(
                        origin.partition(), origin.offset(), record.timestamp(), null, null, new RecordHeaders()),
                stage,
                reason,
                exception,
                message,
                null,
                attempts,
                batchId,
                eventId,
                revision,
                reference);
    }

    private StoredDeadLetter withRecord(SourceRecord whole) {
        return new StoredDeadLetter(
                offset,
                origin,
                whole,
                stage,
                reason,
                exception,
                message,
                stackTrace,
                attempts,
                batchId,
                eventId,
                revision,
                null);
    }

    /** Returns the dead letter after another failed attempt. The attempts add up. */
    public DeadLetter triedAgain(DeadLetter failure) {
        return new DeadLetter(
                failure.record(),
                failure.stage(),
                failure.reason(),
                failure.message(),
                failure.exception(),
                failure.stackTrace(),
                attempts + failure.attempts(),
                failure.eventId());
    }

    private static SourceRecord original(ConsumerRecord<byte[], byte[]> record, long offset) {
        String timestamp = DeadLetterHeaders.text(record.headers(), DeadLetterHeaders.TIMESTAMP);
        return new SourceRecord(
                record.partition(),
                offset,
                timestamp == null ? record.timestamp() : Long.parseLong(timestamp),
                record.key(),
                record.value(),
                DeadLetterHeaders.original(record.headers()));
    }
}
