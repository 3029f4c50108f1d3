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
 * What the revision made of the events of one partition when the batch ran, where that depends on more than the event: on a
 * service, or on what the result topic took.
 */
public final class RevisionReplay {
    private final Evidence evidence;
    private final Replay replay;
    private final RecordedDeadLetters recorded;
    private final There there;
    private final Map<Integer, Replay> limited = new HashMap<>();

    /** The results that are there. */
    public interface There {
        /** Whether a result of the source record is there; the one given is what it could be. */
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

    /** Null where nobody can tell now. */
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

    /** The topic may have taken more then. If so the result is there. */
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

    /** What is said of a service that did not answer is not compared. */
    private static DeadLetter exhausted(Event event) {
        return DeadLetter.of(event, Revise.STAGE, Reason.RETRIES_EXHAUSTED, "");
    }
}
