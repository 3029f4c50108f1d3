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
import java.util.function.ToIntFunction;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.operators.coordination.CoordinationRequestGateway;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proves the partitions of a batch in a Flink job, and waits for it. Once all are proven, the job is stopped with a savepoint, from
 * which a later proof can go on. Killed meanwhile: the job goes on, and the next proof with the same premises waits for it.
 */
public final class ClusterProof implements Counting {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterProof.class);
    private static final long POLL_MILLIS = 200;
    private static final long PATIENCE_SECONDS = 30;

    private final Cluster cluster;
    private final KafkaClients kafka;
    private final @Nullable MemorySize memory;
    private final @Nullable String savepoints;

    /** The way to the cluster. */
    public interface Cluster {
        /**
         * Returns a job that proves the batch already; null if there is none.
         *
         * @throws BatchException refused, if one with other premises is live
         */
        @Nullable
        JobClient begun(Premises premises);

        /** Returns the proof from which this one goes on; null unless that was requested. */
        @Nullable
        EarlierProof earlier();

        /** Returns the environment in which a new job is submitted. */
        StreamExecutionEnvironment environment(Premises premises);

        /** Called when the job is submitted or found. */
        void proves(JobClient job);

        /** Called repeatedly while the job is live. */
        void waits(JobClient job);

        /** Called at the end. */
        void ended(@Nullable String savepoint);
    }

    /**
     * @param memory the heap for the eventIds of each subtask; null for its share of the TaskManager's
     * @param savepoints the directory for the savepoint at the end; null for Flink's own
     */
    public ClusterProof(Cluster cluster, KafkaClients kafka, @Nullable MemorySize memory, @Nullable String savepoints) {
        this.cluster = cluster;
        this.kafka = kafka;
        this.memory = memory;
        this.savepoints = savepoints;
    }

    @Override
    public Counted count(Premises premises, LongConsumer progress) {
        try {
            JobClient begun = cluster.begun(premises);
            JobClient job = begun == null
                    ? VerifyJob.submit(cluster.environment(premises), premises, kafka, memory, cluster.earlier())
                    : begun;
            cluster.proves(job);
            Counted counted = await(job, premises, progress);
            cluster.ended(stop(job));
            return counted;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BatchException.failed("interrupted while the job proves the batch; it goes on", e);
        } catch (BatchException e) {
            throw e;
        } catch (Exception e) {
            throw BatchException.failed("the job that proves the batch failed: " + e.getMessage(), e);
        }
    }

    private Counted await(JobClient job, Premises premises, LongConsumer progress)
            throws InterruptedException, ExecutionException {
        while (true) {
            Reports passed = ask(job, VerifyJob.progress(), Reports.Request.NONE);
            if (passed != null && passed.failure() != null) {
                cancel(job);
                throw passed.failure().asException();
            }
            if (passed != null) {
                progress.accept(passed.passed());
            }
            String last = VerifyJob.ends(premises);
            List<byte[]> ends = reports(
                    job,
                    last,
                    last.equals(VerifyJob.progress()) ? passed : ask(job, last, Reports.Request.NONE),
                    answer -> premises.partitions().size());
            List<byte[]> copies = ends != null && premises.acrossPartitions()
                    ? reports(
                            job,
                            VerifyJob.copies(),
                            ask(job, VerifyJob.copies(), Reports.Request.NONE),
                            Reports::subtasks)
                    : List.of();
            if (ends != null && copies != null) {
                return new Counted(ends, copies);
            }
            JobStatus status = status(job);
            if (status == JobStatus.FAILED) {
                job.getJobExecutionResult().get();
            }
            if (status.isGloballyTerminalState()) {
                throw BatchException.failed("the job that proves the batch was %s; run verify again to go on"
                        .formatted(status == JobStatus.CANCELED ? "cancelled" : "stopped"));
            }
            cluster.waits(job);
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** Returns the job's status. A cluster that does not answer may come back with the job. */
    private static JobStatus status(JobClient job) throws InterruptedException {
        try {
            return job.getJobStatus().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return JobStatus.RECONCILING;
        }
    }

    /**
     * Returns the reports of a step; null if there are not all yet, or no more because the job has restarted.
     *
     * @param first the step's last answer; null if it has not answered
     * @param all returns the number of all reports
     */
    private static @Nullable List<byte[]> reports(
            JobClient job, String step, @Nullable Reports first, ToIntFunction<Reports> all)
            throws InterruptedException {
        List<byte[]> reports = new ArrayList<>();
        Reports answer = first;
        while (answer != null && answer.reported() == all.applyAsInt(answer)) {
            if (reports.size() == answer.reported()) {
                return reports;
            }
            answer = ask(job, step, new Reports.Request(reports.size()));
            if (answer != null && answer.reported() == all.applyAsInt(answer)) {
                reports.addAll(answer.some());
            }
        }
        return null;
    }

    /** Returns the job's answer; null while it is starting or restarting. */
    private static @Nullable Reports ask(JobClient job, String step, Reports.Request request)
            throws InterruptedException {
        try {
            return (Reports) ((CoordinationRequestGateway) job)
                    .sendCoordinationRequest(step, request)
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return null;
        }
    }

    /**
     * Stops the job with a savepoint, or cancels it if that fails: the partitions are proven all the same, and the last checkpoint is
     * kept.
     *
     * @return the savepoint; null if there is none
     */
    private @Nullable String stop(JobClient job) throws InterruptedException {
        try {
            return job.stopWithSavepoint(false, savepoints, SavepointFormatType.NATIVE)
                    .get();
        } catch (ExecutionException e) {
            LOG.warn("the state of the proof could not be kept: {}", e.getMessage(), e);
            cancel(job);
            return null;
        }
    }

    private static void cancel(JobClient job) throws InterruptedException {
        try {
            job.cancel().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("job {} could not be cancelled: {}", job.getJobID(), e.getMessage(), e);
        }
    }
}
