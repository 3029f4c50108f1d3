package io.backprocess.rewrite;

import io.backprocess.batch.BatchException;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.replay.Replay;
import org.jspecify.annotations.Nullable;

/**
 * Whether a letter is flawed or the service is down that its revision asks: then it stays as it is. As in the job, an earlier
 * question tells, if one was answered; where none was, a letter is left, and the third in a row ends the redrive.
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
     * Null where nobody can tell whether it is the event.
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
                    "the service that the revision asks does not answer: partition %d, offset %d of the source was asked about %d times, the last time with: %s. What was redriven before stays, this letter and the rest are left as they are; redrive again when the service is back"
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
