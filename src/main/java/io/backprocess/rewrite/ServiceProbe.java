package io.backprocess.rewrite;

import io.backprocess.batch.BatchException;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.replay.Replay;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a letter is flawed or the service that its revision asks is down. A letter that fails because the service is
 * down stays unchanged. As in the job, the probe repeats an earlier request that was answered. Where none was answered, the
 * letter is left, and the third such letter in a row ends the redrive.
 */
final class ServiceProbe {
    private static final int MOST_UNANSWERED_IN_A_ROW = 3;

    private final Replay replay;
    private @Nullable Event answered;
    private int unansweredInARow;

    ServiceProbe(Replay replay) {
        this.replay = replay;
    }

    /**
     * Revises an event.
     *
     * @return the outcome; null where it is unknown whether the event or the service is at fault
     *
     * @throws BatchException when the service is down
     */
    @Nullable
    Outcome revise(Event event) {
        Outcome outcome = replay.revise(event);
        if (!replay.asks()) {
            return outcome;
        }
        if (!(outcome instanceof DeadLetter letter) || letter.reason() != Reason.RETRIES_EXHAUSTED) {
            answered = event;
            unansweredInARow = 0;
            return outcome;
        }
        if (answered != null && !isExhausted(replay.revise(answered))) {
            return outcome;
        }
        unansweredInARow++;
        if (answered != null || unansweredInARow >= MOST_UNANSWERED_IN_A_ROW) {
            throw BatchException.failed(
                    ("the service that the revision asks does not answer: the request for partition %d, offset %d of"
                                    + " the source was sent %d times, the last failure: %s. Letters redriven before"
                                    + " stay redriven, this letter and the rest stay unchanged; redrive again when"
                                    + " the service is back")
                            .formatted(
                                    event.record().partition(),
                                    event.record().offset(),
                                    letter.attempts(),
                                    letter.message()));
        }
        return null;
    }

    private static boolean isExhausted(Outcome outcome) {
        return outcome instanceof DeadLetter letter && letter.reason() == Reason.RETRIES_EXHAUSTED;
    }
}
