package io.backprocess.verify;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.event.Taken;
import io.backprocess.replay.Replay;
import io.backprocess.revise.operator.Revise;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what the revision made of the events of one partition when the batch ran. That can depend on more than the event: on
 * a service, or on the size of results that the result topic accepted.
 */
public final class RevisionReplay {
    private final Evidence evidence;
    private final Replay replay;
    private final RecordedDeadLetters recorded;
    private final There there;
    private final Map<Integer, Replay> limited = new HashMap<>();

    /** Looks up the results that are there. */
    public interface There {
        /** Tells whether a result of the source record is there. The given result is the one that is possible. */
        boolean has(long sourceOffset, ProducerRecord<byte[], byte[]> result);
    }

    public RevisionReplay(Evidence evidence, Replay replay, RecordedDeadLetters recorded, There there) {
        this.evidence = evidence;
        this.replay = replay;
        this.recorded = recorded;
        this.there = there;
    }

    public RevisionReplay(Evidence evidence, Replay replay, RecordedDeadLetters recorded, Matcher results) {
        this(evidence, replay, recorded, results::comesNext);
    }

    /** Returns the outcome of the event when the batch ran; null if it is not known now. */
    @Nullable
    public Outcome revise(Event event, long offset) {
        if (recorded.isExhausted(offset)) {
            return exhausted(event);
        }
        Integer limit = recorded.limitOf(offset);
        Outcome outcome = evidence.asking.revise(limit == null ? replay : limited(limit), event);
        return limit == null && outcome instanceof DeadLetter letter && letter.reason() == Reason.TOO_LARGE
                ? maybeTaken(event, offset, letter)
                : outcome;
    }

    /** Checks whether the topic accepted larger results when the batch ran. Then the result is there. */
    private @Nullable Outcome maybeTaken(Event event, long offset, DeadLetter letter) {
        Outcome unlimited = evidence.asking.revise(limited(Integer.MAX_VALUE), event);
        if (unlimited instanceof Taken taken) {
            List<ProducerRecord<byte[], byte[]>> results = replay.results(taken);
            return !results.isEmpty() && there.has(offset, results.get(0)) ? taken : letter;
        }
        return unlimited;
    }

    private Replay limited(int bytes) {
        return limited.computeIfAbsent(bytes, evidence::replay);
    }

    /**
     * Creates the dead letter of exhausted retries. Its message is empty, because the details of a failed service are not
     * compared.
     */
    private static DeadLetter exhausted(Event event) {
        return DeadLetter.of(event, Revise.STAGE, Reason.RETRIES_EXHAUSTED, "");
    }
}
