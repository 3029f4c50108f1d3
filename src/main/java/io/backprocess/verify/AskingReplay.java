package io.backprocess.verify;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.replay.Replay;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Runs a revision that may depend on an external service. If the revision gives up for a temporary reason, that says nothing
 * about the batch, because the service may have answered when the batch ran. If several events in a row give up, the service is
 * treated as down. Then an event is tried only from time to time, because each attempt takes all of its retries. The class is
 * thread-safe.
 */
public final class AskingReplay {
    private static final int IN_A_ROW = 3;
    private static final Duration PROBE = Duration.ofSeconds(5);

    /** It is read for each event, without the lock. */
    private volatile int inARow;

    private long triedAt;
    private @Nullable String why;

    /** Returns the outcome of the revision for the event; null if it is not known now. */
    @Nullable
    public Outcome revise(Replay replay, Event event) {
        if (inARow >= IN_A_ROW && !mayTry()) {
            return null;
        }
        Outcome outcome = replay.revise(event);
        if (outcome instanceof DeadLetter letter && letter.reason() == Reason.RETRIES_EXHAUSTED) {
            givenUp(letter.message());
            return null;
        }
        if (inARow > 0) {
            answered();
        }
        return outcome;
    }

    private synchronized boolean mayTry() {
        long now = System.nanoTime();
        if (now - triedAt < PROBE.toNanos()) {
            return false;
        }
        triedAt = now;
        return true;
    }

    private synchronized void givenUp(String message) {
        inARow++;
        triedAt = System.nanoTime();
        why = why == null ? message : why;
    }

    private synchronized void answered() {
        inARow = 0;
    }

    /** Says why outcomes are not known. The text is the same for all events, so that adjacent offsets form one range. */
    synchronized String why() {
        return "the revision gave up for a temporary reason, first with: %s; run verify again when the cause is fixed"
                .formatted(why);
    }
}
