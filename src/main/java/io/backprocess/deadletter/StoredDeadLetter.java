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
 * @param reference what {@code record} lacks where the letter is stored {@link ByReference}; null where it is whole
 */
public record StoredDeadLetter(
        long offset,
        Origin origin,
        SourceRecord record,
        Failure failure,
        @Nullable String eventId,
        Writer writer,
        @Nullable Reference reference) {

    /**
     * The failure that made the record a dead letter.
     *
     * @param exception the class name of the root cause; null where no exception was thrown
     * @param attempts the number of attempts, over all redrives
     */
    public record Failure(
            String stage,
            Reason reason,
            @Nullable String exception,
            @Nullable String message,
            @Nullable String stackTrace,
            int attempts) {
        private static Failure read(String stage, Headers headers) {
            return new Failure(
                    stage,
                    Reason.of(String.valueOf(DeadLetterHeaders.text(headers, DeadLetterHeaders.REASON))),
                    DeadLetterHeaders.text(headers, DeadLetterHeaders.EXCEPTION),
                    DeadLetterHeaders.text(headers, DeadLetterHeaders.MESSAGE),
                    DeadLetterHeaders.text(headers, DeadLetterHeaders.STACKTRACE),
                    Integer.parseInt(DeadLetterHeaders.text(headers, DeadLetterHeaders.ATTEMPTS)));
        }
    }

    /** The batch that wrote the dead letter and the revision that it ran; null where the headers do not have them. */
    public record Writer(@Nullable String batchId, @Nullable String revision) {}

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
                    Failure.read(stage, headers),
                    DeadLetterHeaders.text(headers, DeadLetterHeaders.EVENT_ID),
                    new Writer(
                            DeadLetterHeaders.text(headers, DeadLetterHeaders.BATCH_ID),
                            DeadLetterHeaders.text(headers, DeadLetterHeaders.REVISION)),
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
                new Failure(failure.stage, failure.reason, failure.exception, failure.message, null, failure.attempts),
                eventId,
                writer,
                reference);
    }

    private StoredDeadLetter withRecord(SourceRecord whole) {
        return new StoredDeadLetter(offset, origin, whole, failure, eventId, writer, null);
    }

    /** Returns the dead letter after another failed attempt. The attempts add up. */
    public DeadLetter triedAgain(DeadLetter now) {
        return new DeadLetter(
                now.record(),
                now.stage(),
                now.reason(),
                now.message(),
                now.exception(),
                now.stackTrace(),
                failure.attempts + now.attempts(),
                now.eventId());
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
