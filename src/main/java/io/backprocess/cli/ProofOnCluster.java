package io.backprocess.cli;

import com.fasterxml.jackson.databind.node.MissingNode;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.cli.options.OnClusterOptions;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.flink.FlinkSnapshots;
import io.backprocess.flink.FlinkState;
import io.backprocess.flink.Submission;
import io.backprocess.render.Printable;
import io.backprocess.verify.Premises;
import io.backprocess.verify.cluster.ClusterProof;
import io.backprocess.verify.cluster.VerifyJob;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** Submits the job that proves a batch, or finds the one that an interrupted command has left, and tells the user about it. */
final class ProofOnCluster implements ClusterProof.Cluster, AutoCloseable {
    private static final Duration LOOK_PERIOD = Duration.ofSeconds(5);

    private final Submission submission;
    private final BatchPlan plan;
    private final OnClusterOptions options;
    private final PrintWriter err;
    private @Nullable Farewell farewell;
    private long nextLook = System.nanoTime() + LOOK_PERIOD.toNanos();
    private String lastTrouble = "";

    private ProofOnCluster(Submission submission, BatchPlan plan, OnClusterOptions options, PrintWriter err) {
        this.submission = submission;
        this.plan = plan;
        this.options = options;
        this.err = err;
    }

    /** @throws BatchException if the cluster does not answer, or cannot run or keep the proof */
    static ProofOnCluster open(Submission submission, BatchPlan plan, OnClusterOptions options, PrintWriter err) {
        if (submission.isDetached()) {
            throw BatchException.usage("the verdict is known only at the end; run Flink's client without --detached");
        }
        submission.checkCluster();
        submission.flink().ifPresent(flink -> new FlinkSnapshots(flink)
                .savepointDirectory(options.savepointDirectory()));
        submission.checkParallelism(plan, options.parallelism()).ifPresent(err::println);
        return new ProofOnCluster(submission, plan, options, err);
    }

    @Override
    public @Nullable JobClient begun(Premises premises) {
        FlinkCluster flink = submission.flink().orElse(null);
        List<FlinkCluster.Job> jobs = flink == null ? List.of() : jobs(flink);
        Optional<FlinkCluster.Job> live =
                jobs.stream().filter(FlinkCluster.Job::isLive).findFirst();
        if (flink != null && live.isPresent()) {
            if (isOf(premises, live.get(), flink)) {
                return submission.attach(live.get().id());
            }
            throw BatchException.refused(
                    "Flink job %s proves %s as it was before its ledger or topics changed; cancel that job, then run verify again: %s/#/job/running/%s"
                            .formatted(
                                    live.get().id(),
                                    batchId(),
                                    flink.webUi(),
                                    live.get().id()));
        }
        if (options.savepoint() != null) {
            goOnFrom(options.savepoint());
        } else if (flink != null) {
            jobs.stream()
                    .filter(job -> !job.isFinished() && isOf(premises, job, flink))
                    .flatMap(job -> new FlinkSnapshots(flink).of(job.id()).stream())
                    .findFirst()
                    .ifPresent(this::goOnFrom);
        }
        return null;
    }

    /** Returns the jobs that Flink knows of proofs of this batch, the youngest first. */
    private List<FlinkCluster.Job> jobs(FlinkCluster flink) {
        return flink.jobs().stream()
                .filter(job -> job.name().equals(VerifyJob.name(batchId())))
                .sorted(Comparator.comparing(FlinkCluster.Job::started).reversed())
                .toList();
    }

    private static boolean isOf(Premises premises, FlinkCluster.Job job, FlinkCluster flink) {
        return VerifyJob.isOf(premises, flink.shown(job.id()).orElse(MissingNode.getInstance()));
    }

    private void goOnFrom(String savepoint) {
        submission.configuration().set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
        tell("the proof of %s goes on from %s".formatted(batchId(), savepoint));
    }

    @Override
    public StreamExecutionEnvironment environment(Premises premises) {
        return submission.environment(premises.partitions().size(), options.parallelism());
    }

    @Override
    public void proves(JobClient job) {
        String id = job.getJobID().toString();
        tell("Flink job %s proves %s%s".formatted(id, batchId(), submission.webUi(id)));
        if (!submission.isEmbedded()) {
            farewell = Farewell.of(
                    "the proof of %s goes on as Flink job %s; run the same command again for its verdict"
                            .formatted(batchId(), id),
                    err);
        }
    }

    /** Tells the user what keeps the job from running well, once. */
    @Override
    public void waits(JobClient job) {
        if (System.nanoTime() < nextLook) {
            return;
        }
        nextLook = System.nanoTime() + LOOK_PERIOD.toNanos();
        try {
            submission
                    .flink()
                    .flatMap(flink -> FlinkState.of(flink, job.getJobID().toString(), batchId()))
                    .filter(FlinkState::isTroubled)
                    .map(FlinkStateText::withAdvice)
                    .filter(trouble -> !trouble.equals(lastTrouble))
                    .ifPresent(trouble -> {
                        lastTrouble = trouble;
                        tell(trouble);
                    });
        } catch (BatchException e) {
            // Flink does not answer now. The proof waits until it does.
        }
    }

    @Override
    public void ended(@Nullable String savepoint) {
        tell(
                savepoint == null
                        ? "warning: the state of the proof was not kept, because Flink could not make a savepoint"
                        : "the state of the proof is kept in %s".formatted(savepoint));
    }

    private void tell(String line) {
        err.println(Printable.lines(line));
        err.flush();
    }

    private String batchId() {
        return plan.spec().batchId();
    }

    @Override
    public void close() {
        if (farewell != null) {
            farewell.close();
        }
    }
}
