package io.backprocess.revise.operator;

import dev.failsafe.CircuitBreaker;
import dev.failsafe.CircuitBreakerOpenException;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import io.backprocess.event.Event;
import io.backprocess.event.JsonValue;
import io.backprocess.revise.AsyncRevision;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.TransientException;
import io.backprocess.revise.Unreachable;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the requests of an {@link AsyncRevision} for one subtask. It repeats failed requests, and sends none while the service is
 * down. A request that fails because the service is down is kept and sent again when the service is back, however long that
 * takes.
 *
 * <p>An event becomes a dead letter only where the event itself is known to be flawed: its requests failed, and the service still
 * answers a request that it answered before ({@link LastAnswered}). Where no request was ever answered, the service is treated as
 * down. So a job that starts, or is restored, while the service is down makes no dead letters.
 */
final class AsyncRequests implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AsyncRequests.class);

    /**
     * The number of different events whose requests fail without an answer in between. At that number the service is treated as
     * down, without a further request.
     */
    static final int EVENTS_IN_A_ROW = 10;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** The pause between two log lines while the batch holds. */
    private static final Duration REMINDER = Duration.ofMinutes(1);

    private final AsyncRevision revision;
    private final LastAnswered known;
    private final ScheduledThreadPoolExecutor scheduler;
    private final CircuitBreaker<JsonValue> breaker;
    private final FailsafeExecutor<JsonValue> failsafe;
    private final Set<String> failing = new HashSet<>();
    private long heldSince;
    private long reminded;

    /** @param probe the pause between two requests to a service that is down */
    AsyncRequests(AsyncRevision revision, LastAnswered known, Duration probe) {
        this(revision, known, probe, FIRST_PAUSE);
    }

    /** @param firstPause the pause after an event's first failed request; each further pause is twice as long */
    AsyncRequests(AsyncRevision revision, LastAnswered known, Duration probe, Duration firstPause) {
        this.revision = revision;
        this.known = known;
        this.scheduler = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "backprocess-ask-" + revision.name());
            thread.setDaemon(true);
            return thread;
        });
        // Most time-outs are cancelled long before they are due, so cancelled ones must not stay in the queue.
        scheduler.setRemoveOnCancelPolicy(true);
        this.breaker = CircuitBreaker.<JsonValue>builder()
                .handleIf(AsyncRequests::mayPass)
                // hold() opens the breaker; it opens by itself only from the half-open state.
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
                .handleIf(AsyncRequests::mayPass)
                .withMaxAttempts(Revise.ATTEMPTS)
                .withBackoff(firstPause, LONGEST_PAUSE)
                .withJitter(0.2)
                .build();
        this.failsafe = Failsafe.with(hold, retry, breaker).with((ScheduledExecutorService) scheduler);
        // Shares the event that the checkpoint restored, if any.
        scheduler.execute(known::lend);
    }

    /**
     * The outcome of the requests about an event.
     *
     * @param value the answer; null where the requests failed
     * @param failure the last failure; null where the service answered
     * @param attempts the number of requests, at most the number of attempts of the step
     */
    record Answer(@Nullable JsonValue value, @Nullable Throwable failure, int attempts) {}

    /** Requests the answer for an event. The future never completes exceptionally; it contains the failure. */
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

    /**
     * Decides whether the event is flawed or the service is down. A service that is down also fails a request that it answered
     * before.
     */
    private CompletableFuture<Answer> giveUpOrHold(Event event, Answer failed, AtomicInteger attempts) {
        return CompletableFuture.supplyAsync(known::find, scheduler).thenCompose(answered -> {
            if (answered == null) {
                hold("The service has not answered any request so far", failed.failure());
                return ask(event, attempts);
            }
            return again(answered).thenCompose(isDown -> {
                if (!isDown) {
                    return CompletableFuture.completedFuture(failed);
                }
                hold(
                        "An event's requests have failed, and a request that was answered before fails now",
                        failed.failure());
                return ask(event, attempts);
            });
        });
    }

    private CompletableFuture<Boolean> again(Event answered) {
        try {
            return once(answered).handle((value, failure) -> failure != null && mayPass(failure));
        } catch (Exception e) {
            return CompletableFuture.completedFuture(false);
        }
    }

    private CompletableFuture<JsonValue> once(Event event) throws RejectedException {
        CompletableFuture<JsonValue> asked = revision.ask(event).toCompletableFuture();
        CompletableFuture<JsonValue> inTime = asked.copy();
        // orTimeout() is avoided: the JDK's single thread for it would hold the class loader of the first job that used
        // it.
        Future<?> timeout = scheduler.schedule(
                () -> inTime.completeExceptionally(new TimeoutException()),
                revision.timeout().toNanos(),
                TimeUnit.NANOSECONDS);
        return inTime.whenComplete((answer, failure) -> {
            timeout.cancel(false);
            asked.cancel(true);
            note(event, failure);
        });
    }

    private synchronized void note(Event event, @Nullable Throwable failure) {
        if (failure == null || !mayPass(failure)) {
            failing.clear();
            if (known.add(event)) {
                scheduler.execute(known::lend);
                if (isHolding()) {
                    // This answer was only slower than the failures that opened the breaker.
                    breaker.close();
                }
            }
            return;
        }
        failing.add(event.eventId());
        if (failing.size() >= EVENTS_IN_A_ROW) {
            hold("The requests about %s events in a row have failed".formatted(failing.size()), inWords(failure));
        }
        remind(failure);
    }

    private synchronized void hold(String why, @Nullable Throwable last) {
        if (breaker.isClosed()) {
            heldSince = System.nanoTime();
            reminded = heldSince;
            LOG.warn(
                    "{}: holding until {} gets answers again. No event becomes a dead letter meanwhile. The last failure: {}",
                    why,
                    revision.name(),
                    String.valueOf(last));
            breaker.open();
        }
    }

    private void remind(Throwable failure) {
        long now = System.nanoTime();
        if (isHolding() && now - reminded >= REMINDER.toNanos()) {
            reminded = now;
            LOG.warn(
                    "{} has got no answers for {} s, and still holds. The last failure: {}",
                    revision.name(),
                    Duration.ofNanos(now - heldSince).toSeconds(),
                    String.valueOf(inWords(failure)));
        }
    }

    /** Tells whether the service is treated as down. */
    boolean isHolding() {
        return !breaker.isClosed();
    }

    private static boolean mayPass(Throwable failure) {
        Throwable cause = unwrapped(failure);
        return cause instanceof TransientException || cause instanceof TimeoutException || Unreachable.is(cause);
    }

    private Throwable inWords(Throwable failure) {
        Throwable cause = unwrapped(failure);
        return cause instanceof TimeoutException
                ? new TransientException("no answer within " + revision.timeout(), cause)
                : Unreachable.is(cause) ? Unreachable.inWords(cause) : cause;
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
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
