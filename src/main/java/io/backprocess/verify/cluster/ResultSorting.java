package io.backprocess.verify.cluster;

import io.backprocess.verify.Evidence;
import io.backprocess.verify.Premises;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.flink.api.common.operators.MailboxExecutor;

/**
 * Sorts the results that one subtask proves by the partition of their source, in a thread of its own, so that checkpoints pass
 * meanwhile. Each subtask reads the whole result topic. The sorted results are no state: a restarted subtask sorts again.
 */
final class ResultSorting implements AutoCloseable {
    private final Map<Integer, Evidence> evidences;
    private final Thread thread;

    private ResultSorting(Map<Integer, Evidence> evidences, Thread thread) {
        this.evidences = evidences;
        this.thread = thread;
    }

    /**
     * @param own the partitions that the subtask has to prove
     * @param then what the mailbox does when the results are sorted
     * @param failed what the mailbox does when they cannot be sorted
     */
    static ResultSorting begin(
            Premises premises,
            Evidence evidence,
            Set<Integer> own,
            MailboxExecutor mailbox,
            Runnable then,
            Consumer<RuntimeException> failed) {
        Map<Integer, Evidence> evidences =
                own.stream().collect(Collectors.toMap(partition -> partition, any -> evidence.apart()));
        // Results of no partition are reported once, with the first one.
        Evidence ofOthers = evidences.get(premises.partitions().get(0));
        Thread thread = new Thread(
                () -> {
                    try {
                        evidence.sortResults(source -> premises.has(source) ? evidences.get(source) : ofOthers);
                        mailbox.execute(then::run, "prove the sorted results");
                    } catch (RejectedExecutionException e) {
                        // The subtask has ended.
                    } catch (RuntimeException e) {
                        report(e, mailbox, failed);
                    }
                },
                "backprocess-sort");
        thread.setDaemon(true);
        thread.start();
        return new ResultSorting(evidences, thread);
    }

    private static void report(RuntimeException failure, MailboxExecutor mailbox, Consumer<RuntimeException> failed) {
        try {
            mailbox.execute(() -> failed.accept(failure), "report that results cannot be sorted");
        } catch (RejectedExecutionException e) {
            // The subtask has ended, and that was the reason.
        }
    }

    /** Returns the evidence of a partition, with what was found while its results were sorted. */
    Evidence evidence(int partition) {
        return Objects.requireNonNull(evidences.get(partition));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
