package io.backprocess.revise;

import dev.failsafe.CircuitBreaker;
import dev.failsafe.CircuitBreakerOpenException;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import io.backprocess.event.Event;
import io.backprocess.event.JsonValue;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks what an {@link AsyncRevision} wants to know, for one subtask: again where it did not work, and not at all while the one who
 * is asked is down. A question that fails because of that is kept and asked again when it is over, however long that takes.
 */
final class Inquiry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Inquiry.class);

    /**
     * Different ones whose questions fail with none between that gets an answer. Of fewer it is not known whether they are
     * flawed themselves: before one of them is given up, the last that got an answer is asked about again.
     */
    static final int EVENTS_IN_A_ROW = 10;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final AsyncRevision revision;
    private final ScheduledExecutorService scheduler;
    private final CircuitBreaker<JsonValue> breaker;
    private final FailsafeExecutor<JsonValue> failsafe;
    private final Set<String> failing = new HashSet<>();
    /** About which the last question was answered, whatever the answer was; null where none was yet. */
    private volatile @Nullable Event answered;

    /** @param probe how often somebody who is down is asked whether they are back */
    Inquiry(AsyncRevision revision, Duration probe) {
        this.revision = revision;
        this.scheduler = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "backprocess-ask-" + revision.name());
            thread.setDaemon(true);
            return thread;
        });
        this.breaker = CircuitBreaker.<JsonValue>builder()
                .handleIf(Inquiry::mayPass)
                // It is opened below; here only when it has been half open.
                .withFailureThreshold(1000)
                .withSuccessThreshold(1)
                .withDelay(probe)
                .onClose(change -> LOG.info("{} gets answers again", revision.name()))
                .build();
        RetryPolicy<JsonValue> hold = RetryPolicy.<JsonValue>builder()
                .handleIf(
                        failure -> failure instanceof CircuitBreakerOpenException || (isHolding() && mayPass(failure)))
                .withMaxRetries(-1)
                .withDelayFn(context -> pause())
                .withJitter(0.2)
                .build();
        RetryPolicy<JsonValue> retry = RetryPolicy.<JsonValue>builder()
                .handleIf(Inquiry::mayPass)
                .withMaxAttempts(Revise.ATTEMPTS)
                .withBackoff(FIRST_PAUSE, LONGEST_PAUSE)
                .withJitter(0.2)
                .build();
        this.failsafe = Failsafe.with(hold, retry, breaker).with(scheduler);
    }

    /**
     * What came of asking about an event.
     *
     * @param value null where it failed
     * @param failure null where it did not
     * @param attempts how often it was asked, at most as often as one goes on to
     */
    record Answer(@Nullable JsonValue value, @Nullable Throwable failure, int attempts) {}

    /** Never fails itself. */
    CompletableFuture<Answer> ask(Event event) {
        return ask(event, new AtomicInteger());
    }

    private CompletableFuture<Answer> ask(Event event, AtomicInteger attempts) {
        return failsafe.getStageAsync(context -> {
                    attempts.incrementAndGet();
                    return once(event);
                })
                .handle((value, failure) -> new Answer(
                        value, failure == null ? null : inWords(failure), Math.min(Revise.ATTEMPTS, attempts.get())))
                .thenCompose(answer -> answer.failure() instanceof TransientException
                        ? giveUpOrHold(event, answer, attempts)
                        : CompletableFuture.completedFuture(answer));
    }

    /** Is the event flawed, or is the one who is asked down? Then that one does not answer an earlier question either. */
    private CompletableFuture<Answer> giveUpOrHold(Event event, Answer failed, AtomicInteger attempts) {
        Event known = answered;
        if (known == null) {
            return CompletableFuture.completedFuture(failed);
        }
        return again(known).thenCompose(isDown -> {
            if (!isDown) {
                return CompletableFuture.completedFuture(failed);
            }
            hold("An event's questions have failed, and one that was answered before fails now");
            return ask(event, attempts);
        });
    }

    private CompletableFuture<Boolean> again(Event known) {
        try {
            return once(known).handle((value, failure) -> failure != null && mayPass(failure));
        } catch (Exception e) {
            return CompletableFuture.completedFuture(false);
        }
    }

    private CompletableFuture<JsonValue> once(Event event) throws RejectedException {
        CompletableFuture<JsonValue> asked = revision.ask(event).toCompletableFuture();
        return asked.copy()
                .orTimeout(revision.timeout().toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((answer, failure) -> {
                    asked.cancel(true);
                    note(event, failure);
                });
    }

    private synchronized void note(Event event, @Nullable Throwable failure) {
        if (failure == null || !mayPass(failure)) {
            failing.clear();
            answered = event;
            return;
        }
        failing.add(event.eventId());
        if (failing.size() >= EVENTS_IN_A_ROW) {
            hold("The questions about %d events in a row have failed".formatted(failing.size()));
        }
    }

    private synchronized void hold(String why) {
        if (breaker.isClosed()) {
            LOG.warn("{}: holding until {} gets answers again", why, revision.name());
            breaker.open();
        }
    }

    /** Whether the one who is asked is taken to be down. */
    boolean isHolding() {
        return !breaker.isClosed();
    }

    private static boolean mayPass(Throwable failure) {
        return failure instanceof TransientException
                || failure instanceof TimeoutException
                || (failure instanceof CompletionException
                        && failure.getCause() != null
                        && mayPass(failure.getCause()));
    }

    private Throwable inWords(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof TimeoutException
                ? new TransientException("no answer within " + revision.timeout(), cause)
                : cause;
    }

    private Duration pause() {
        Duration remaining = breaker.isOpen() ? breaker.getRemainingDelay() : Duration.ZERO;
        return remaining.compareTo(FIRST_PAUSE) > 0 ? remaining : FIRST_PAUSE;
    }

    @Override
    public void close() {
        scheduler.shutdownNow();
    }
}
