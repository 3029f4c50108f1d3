package io.backprocess.revise.operator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls a revision in a thread beside the task's, so that a call which does not return can be abandoned. Java cannot end a thread
 * by force. The thread is interrupted, and if it ignores that it uses a core until the process ends. Therefore only a few
 * abandoned calls are allowed. One limit serves one thread.
 */
final class TimeLimit implements AutoCloseable {
    static final int MOST_LEFT_BEHIND = 8;

    private final Duration limit;
    private final ClassLoader classes = Thread.currentThread().getContextClassLoader();
    private final List<Thread> leftBehind = new ArrayList<>();
    private volatile Thread current = Thread.currentThread();
    private ExecutorService caller = caller();

    TimeLimit(Duration limit) {
        this.limit = limit;
    }

    private ExecutorService caller() {
        return Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, "revision, for " + limit.toMillis() + " ms at most");
            thread.setDaemon(true);
            thread.setContextClassLoader(classes);
            current = thread;
            return thread;
        });
    }

    /**
     * Checks the number of abandoned calls that still run.
     *
     * @throws IllegalStateException when too many of them have not returned
     */
    void check() {
        leftBehind.removeIf(thread -> !thread.isAlive());
        if (leftBehind.size() >= MOST_LEFT_BEHIND) {
            throw new IllegalStateException(
                    ("%s calls of the revision have not returned within %s ms, ignore the interruption, and still run;"
                                    + " fix the revision, or raise --revision-timeout")
                            .formatted(leftBehind.size(), limit.toMillis()));
        }
    }

    /**
     * Runs the work and returns its result, or throws its exception.
     *
     * @throws TimeoutException when the work takes longer than the limit; no object that the work used may be used again
     * @throws Revise.CancelledException when the calling thread is interrupted
     */
    <T> T call(Callable<T> work) throws Exception {
        Future<T> called = caller.submit(work);
        try {
            return called.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            leaveBehind(called);
            TimeoutException late = new TimeoutException(
                    "the revision did not come back within %s ms (--revision-timeout)".formatted(limit.toMillis()));
            late.initCause(e);
            throw late;
        } catch (InterruptedException e) {
            leaveBehind(called);
            throw new Revise.CancelledException(e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof Exception exception ? exception : e;
        }
    }

    private void leaveBehind(Future<?> called) {
        called.cancel(true);
        leftBehind.add(current);
        caller.shutdownNow();
        caller = caller();
    }

    @Override
    public void close() {
        caller.shutdownNow();
    }
}
