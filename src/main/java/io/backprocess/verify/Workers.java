package io.backprocess.verify;

import io.backprocess.batch.BatchException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;

/** Runs tasks in threads. Their number is the number of cores or of partitions, whichever is smaller. */
public final class Workers implements AutoCloseable {
    private final ExecutorService threads;

    public Workers(int partitions) {
        int cores = Runtime.getRuntime().availableProcessors();
        threads = Executors.newFixedThreadPool(Math.max(1, Math.min(partitions, cores)));
    }

    /**
     * Runs all tasks and returns their results in the order of the tasks.
     *
     * @throws BatchException if Kafka cannot be read, records were deleted meanwhile, or the thread is interrupted
     */
    public <T> List<T> all(List<Callable<T>> tasks) {
        List<Future<T>> futures = new ArrayList<>();
        tasks.forEach(task -> futures.add(threads.submit(task)));
        List<T> results = new ArrayList<>();
        for (Future<T> future : futures) {
            results.add(get(future));
        }
        return results;
    }

    private static <T> T get(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BatchException.failed("interrupted", e);
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        }
    }

    /** Returns the failure of a task as the command reports it. */
    public static RuntimeException failure(Throwable cause) {
        if (cause instanceof OffsetOutOfRangeException) {
            return BatchException.failed(
                    "records were deleted while they were read (%s); run verify again".formatted(cause.getMessage()),
                    cause);
        }
        if (cause instanceof KafkaException) {
            return BatchException.failed("Kafka could not be read: " + cause.getMessage(), cause);
        }
        return cause instanceof RuntimeException failure
                ? failure
                : new IllegalStateException("a thread of verify failed", cause);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
