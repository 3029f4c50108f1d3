package io.backprocess.verify.cluster;

import io.backprocess.batch.BatchException;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.verify.Counting;
import io.backprocess.verify.Premises;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.operators.coordination.CoordinationRequestGateway;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * Proves the partitions of a batch in a Flink job, and waits for it. Once all are proven, the job is stopped with a savepoint, from
 * which a later proof can go on.
 */
public final class ClusterProof implements Counting {
    private static final long POLL_MILLIS = 200;
    private static final long PATIENCE_SECONDS = 30;

    private final Supplier<StreamExecutionEnvironment> environment;
    private final KafkaClients kafka;
    private final @Nullable MemorySize memory;
    private final @Nullable String savepoints;

    /**
     * @param environment supplies the environment in which the job is submitted
     * @param memory the heap for the eventIds of each subtask; null for its share of the TaskManager's
     * @param savepoints the directory for the savepoint at the end; null for Flink's own
     */
    public ClusterProof(
            Supplier<StreamExecutionEnvironment> environment,
            KafkaClients kafka,
            @Nullable MemorySize memory,
            @Nullable String savepoints) {
        this.environment = environment;
        this.kafka = kafka;
        this.memory = memory;
        this.savepoints = savepoints;
    }

    @Override
    public List<byte[]> count(Premises premises, LongConsumer progress) {
        try {
            JobClient job = VerifyJob.submit(environment.get(), premises, kafka, memory);
            List<byte[]> reports = await(job, premises, progress);
            job.stopWithSavepoint(false, savepoints, SavepointFormatType.NATIVE).get();
            return reports;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BatchException.failed("interrupted while the job proves the batch; it goes on", e);
        } catch (BatchException e) {
            throw e;
        } catch (Exception e) {
            throw BatchException.failed("the job that proves the batch failed: " + e.getMessage(), e);
        }
    }

    private static List<byte[]> await(JobClient job, Premises premises, LongConsumer progress)
            throws InterruptedException, ExecutionException {
        List<byte[]> reports = new ArrayList<>();
        while (true) {
            Reports passed = ask(job, VerifyJob.progress(), Integer.MAX_VALUE);
            if (passed != null) {
                progress.accept(passed.passed());
            }
            Reports answer = ask(job, VerifyJob.reports(premises), reports.size());
            if (answer != null) {
                reports.addAll(answer.next());
            }
            if (reports.size() == premises.partitions().size()) {
                return reports;
            }
            if (job.getJobStatus().get().isGloballyTerminalState()) {
                job.getJobExecutionResult().get();
                throw BatchException.failed("the job that proves the batch was stopped; run verify again");
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Returns the job's answer; null while it is starting or restarting. */
    private static @Nullable Reports ask(JobClient job, String step, int known) throws InterruptedException {
        try {
            return (Reports) ((CoordinationRequestGateway) job)
                    .sendCoordinationRequest(step, new Reports.Request(known))
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return null;
        }
    }
}
