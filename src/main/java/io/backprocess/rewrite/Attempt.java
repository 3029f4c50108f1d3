package io.backprocess.rewrite;

import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.event.Reason;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What comes of a dead letter that is tried again. */
sealed interface Attempt {
    /** The revision dealt with it: none, one or several results. */
    record Succeeded(StoredDeadLetter letter, List<ProducerRecord<byte[], byte[]>> results) implements Attempt {}

    /** It is dead again, and goes back with the new reason. */
    record FailedAgain(StoredDeadLetter letter, Reason reason, ProducerRecord<byte[], byte[]> record)
            implements Attempt {}

    /** It stays where it is. */
    enum Left implements Attempt {
        /** It died as before, and not for the first time. */
        UNCHANGED,
        /** The service that the revision asks has answered nothing so far. */
        UNANSWERED,
        /** Its eventId was taken by another copy. */
        CONFLICT,
        /** It is an event now and was none then, so that nobody knows whether its eventId is taken. */
        UNDECIDED,
        /** It stands by reference, and its original is not there any more, or is another one. */
        GONE
    }
}
