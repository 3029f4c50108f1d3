package io.backprocess.rewrite;

import io.backprocess.deadletter.StoredDeadLetter;
import io.backprocess.event.Reason;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The outcome of a dead letter that is tried again. */
sealed interface Attempt {
    /** The event succeeded, with none, one or several results. */
    record Succeeded(StoredDeadLetter letter, List<ProducerRecord<byte[], byte[]>> results) implements Attempt {}

    /** The event failed again. It is written again as a dead letter with the new reason. */
    record FailedAgain(StoredDeadLetter letter, Reason reason, ProducerRecord<byte[], byte[]> record)
            implements Attempt {}

    /** The dead letter stays unchanged in its topic. */
    enum Left implements Attempt {
        /** The event failed as before, and not for the first time. */
        UNCHANGED,
        /** The service that the revision asks has not answered any request so far. */
        UNANSWERED,
        /** Another copy has taken its eventId. */
        CONFLICT,
        /** The record was unreadable then and is an event now, so it is unknown whether its eventId is taken. */
        UNDECIDED,
        /** The record was unreadable then and is an event now that the batch does not take. */
        SKIPPED,
        /** The letter is stored by reference, and its original is deleted or is another record. */
        GONE
    }
}
