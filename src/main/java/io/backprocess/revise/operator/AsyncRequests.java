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
 * Asks what an {@link AsyncRevision} wants to know, for one subtask: again where it did not work, and not at all while the service
 * is down. A question that fails because of that is kept and asked again when it is over, however long that takes.
 *
 * <p>An event is given up only where it is known to be flawed itself: its questions have failed, and the service answers a
 * question that it has answered before ({@link LastAnswered}). Where no question was ever answered, it is taken to be down. So a job that
 * starts, or is restored, while the service is down makes no dead letters.
 */
final class AsyncRequests implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AsyncRequests.class);

    /** Different ones whose questions fail with none between that gets an answer: then the service is down, without a further question. */
    static final int EVENTS_IN_A_ROW = 10;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** From one line in the log to the next while it holds. */
    private static final Duration REMINDER = Duration.ofMinutes(1);

    private final AsyncRevision revision;
    private final LastAnswered known;
    private final ScheduledThreadPoolExecutor scheduler;
    private final CircuitBreaker<JsonValue> breaker;
    private final FailsafeExecutor<JsonValue> failsafe;
    private final Set<String> failing = new HashSet<>();
    private long heldSince;
    private long reminded;

    /** @param probe how often a service that is down is asked whether it is back */
    AsyncRequests(AsyncRevision revision, LastAnswered known, Duration probe) {
        this(revision, known, probe, FIRST_PAUSE);
    }

    /** @param firstPause from the first question about an event that fails to the second; each further pause is twice as long */
    AsyncRequests(AsyncRevision revision, LastAnswered known, Duration probe, Duration firstPause) {
        this.revision = revision;
        this.known = known;
        this.scheduler = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "backprocess-ask-" + revision.name());
            thread.setDaemon(true);
            return thread;
        });
        // Most time-outs are cancelled long before they are due.
        scheduler.setRemoveOnCancelPolicy(true);
        this.breaker = CircuitBreaker.<JsonValue>builder()
                .handleIf(AsyncRequests::mayPass)
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
                .handleIf(AsyncRequests::mayPass)
                .withMaxAttempts(Revise.ATTEMPTS)
                .withBackoff(firstPause, LONGEST_PAUSE)
                .withJitter(0.2)
                .build();
        this.failsafe = Failsafe.with(hold, retry, breaker).with((ScheduledExecutorService) scheduler);
        // One from a checkpoint, if there is any.
        scheduler.execute(known::lend);
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

    /** Is the event flawed, or is the service down? Then it does not answer an earlier question either. */
    private CompletableFuture<Answer> giveUpOrHold(Event event, Answer failed, AtomicInteger attempts) {
        return CompletableFuture.supplyAsync(known::find, scheduler).thenCompose(answered -> {
            if (answered == null) {
                hold("Nothing was answered so far", failed.failure());
                return ask(event, attempts);
            }
            return again(answered).thenCompose(isDown -> {
                if (!isDown) {
                    return CompletableFuture.completedFuture(failed);
                }
                hold("An event's questions have failed, and one that was answered before fails now", failed.failure());
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
        // Not by orTimeout(): the JDK's one thread for that would keep the class loader of the first job that used it.
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
                    // It was only slower than those that have failed.
                    breaker.close();
                }
            }
            return;
        }
        failing.add(event.eventId());
        if (failing.size() >= EVENTS_IN_A_ROW) {
            hold("The questions about %s events in a row have failed".formatted(failing.size()), inWords(failure));
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

    /** Whether the service is taken to be down. */
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
