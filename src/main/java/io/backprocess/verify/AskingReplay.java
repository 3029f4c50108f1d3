package io.backprocess.verify;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.replay.Replay;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Runs a revision that may depend on a service outside. What gives up for a reason that should pass says nothing about the batch:
 * the service may have answered when the batch asked. Where several events in a row give up the service is taken to be down, and
 * only now and then an event is tried, since each attempt takes its retries. Used by all threads.
 */
public final class AskingReplay {
    private static final int IN_A_ROW = 3;
    private static final Duration PROBE = Duration.ofSeconds(5);

    private int inARow;
    private long triedAt;
    private @Nullable String why;

    /** What the revision makes of the event; null where nobody can tell now. */
    @Nullable
    public Outcome revise(Replay replay, Event event) {
        if (!mayTry()) {
            return null;
        }
        Outcome outcome = replay.revise(event);
        if (outcome instanceof DeadLetter letter && letter.reason() == Reason.RETRIES_EXHAUSTED) {
            givenUp(letter.message());
            return null;
        }
        answered();
        return outcome;
    }

    private synchronized boolean mayTry() {
        if (inARow < IN_A_ROW) {
            return true;
        }
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

    /** In words that are the same for all events, so that those that follow each other are one stretch. */
    synchronized String why() {
        return "the revision gave up for a reason that should pass, first with: %s; verify again when it has passed"
                .formatted(why);
    }
}
