package io.backprocess.rewrite;

import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.decode.Decoder;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.event.Skipped;
import io.backprocess.event.Taken;
import io.backprocess.replay.Replay;
import io.backprocess.rewrite.Attempt.FailedAgain;
import io.backprocess.rewrite.Attempt.Left;
import io.backprocess.rewrite.Attempt.Succeeded;
import io.backprocess.verify.Originals;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Puts one dead letter through the steps of the batch. It skips dedupe: a record that failed in the revision holds its eventId
 * itself, and a record that failed because of a conflict stays a dead letter. A record that could not be read then is an event only
 * under another envelope, or with a schema that was not known; {@link UnreadLetters} says whether its eventId is free.
 */
final class DeadLetterRetry {
    private static final int ENOUGH_ATTEMPTS = 2;

    private final Replay replay;
    private final ServiceProbe answers;
    private final Originals originals;
    private final RowWriter table;
    private final boolean inAnyCase;
    private final @Nullable UnreadLetters unread;

    /**
     * @param inAnyCase whether a letter that fails as before is written again, with its attempts counted up
     * @param unread says which letters that could not be read then may be redriven; null where none may, because the envelope is the batch's
     *     and values have no schema
     */
    DeadLetterRetry(
            Replay replay, Originals originals, RowWriter table, boolean inAnyCase, @Nullable UnreadLetters unread) {
        this.replay = replay;
        this.answers = new ServiceProbe(replay);
        this.originals = originals;
        this.table = table;
        this.inAnyCase = inAnyCase;
        this.unread = unread;
    }

    Attempt attempt(StoredDeadLetter letter) {
        if (letter.failure().reason() == Reason.CONFLICTING_DUPLICATE) {
            return Left.CONFLICT;
        }
        return originals.whole(letter).map(this::again).orElse(Left.GONE);
    }

    private Attempt again(StoredDeadLetter letter) {
        Outcome outcome = replay.decode(letter.record());
        if (outcome instanceof Event event) {
            if (letter.failure().stage().equals(Decoder.STAGE)) {
                Boolean free = unread == null ? null : unread.take(event.partition(), event);
                if (free == null) {
                    return Left.UNDECIDED;
                }
                if (!free) {
                    return Left.CONFLICT;
                }
            }
            Outcome revised = answers.revise(event);
            if (revised == null) {
                return Left.UNANSWERED;
            }
            outcome = write(revised);
        }
        if (outcome instanceof Taken taken) {
            return new Succeeded(letter, replay.results(taken));
        }
        if (outcome instanceof Skipped && unread != null) {
            return Left.SKIPPED;
        }
        return outcome instanceof DeadLetter failure ? failed(letter, failure) : Left.UNDECIDED;
    }

    private Outcome write(Outcome outcome) {
        try {
            return table.write(outcome);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private Attempt failed(StoredDeadLetter letter, DeadLetter failure) {
        ProducerRecord<byte[], byte[]> record = replay.deadLetter(letter.triedAgain(failure));
        boolean enough = letter.failure().attempts() >= ENOUGH_ATTEMPTS && failure.reason() != Reason.RETRIES_EXHAUSTED;
        return enough && !inAnyCase && isTheSame(letter, again(record))
                ? Left.UNCHANGED
                : new FailedAgain(letter, failure.reason(), record);
    }

    /** Returns the letter as it will be read back, with its message cut to the length of its header. */
    private static StoredDeadLetter again(ProducerRecord<byte[], byte[]> record) {
        ConsumerRecord<byte[], byte[]> written =
                new ConsumerRecord<>(record.topic(), record.partition(), 0, record.key(), record.value());
        record.headers().forEach(header -> written.headers().add(header));
        return StoredDeadLetter.read(written).orElseThrow();
    }

    private static boolean isTheSame(StoredDeadLetter before, StoredDeadLetter now) {
        return before.failure().stage().equals(now.failure().stage())
                && before.failure().reason() == now.failure().reason()
                && Objects.equals(before.failure().exception(), now.failure().exception())
                // The JVM words the messages of unexpected exceptions, and not always in the same way.
                && (now.failure().reason() == Reason.UNEXPECTED
                        || Objects.equals(
                                before.failure().message(), now.failure().message()));
    }
}
