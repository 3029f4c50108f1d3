package io.backprocess.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.cli.options.OnClusterOptions;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.flink.FlinkSnapshots;
import io.backprocess.flink.FlinkState;
import io.backprocess.flink.Submission;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.render.Printable;
import io.backprocess.verify.KeptProofs;
import io.backprocess.verify.Premises;
import io.backprocess.verify.ProofKeeper;
import io.backprocess.verify.cluster.ClusterProof;
import io.backprocess.verify.cluster.EarlierProof;
import io.backprocess.verify.cluster.ProofGroup;
import io.backprocess.verify.cluster.VerifyJob;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Submits the job that proves a batch, or finds the one that an interrupted command has left, and tells the user about it. */
final class ProofOnCluster implements ClusterProof.Cluster, ProofKeeper, AutoCloseable {
    private static final Duration LOOK_PERIOD = Duration.ofSeconds(5);

    private final Submission submission;
    private final BatchPlan plan;
    private final OnClusterOptions options;
    private final @Nullable EarlierProof earlier;
    private final KafkaClients kafka;
    private final PrintWriter err;
    private @Nullable Premises proven;
    private @Nullable String savepoint;
    private @Nullable Farewell farewell;
    private long nextLook = System.nanoTime() + LOOK_PERIOD.toNanos();
    private String lastTrouble = "";

    private ProofOnCluster(
            Submission submission,
            BatchPlan plan,
            OnClusterOptions options,
            @Nullable EarlierProof earlier,
            KafkaClients kafka,
            PrintWriter err) {
        this.submission = submission;
        this.plan = plan;
        this.options = options;
        this.earlier = earlier;
        this.kafka = kafka;
        this.err = err;
    }

    /**
     * @param goesOn whether to go on from the last proof that was kept
     * @throws BatchException if the cluster does not answer, or cannot run or keep the proof
     */
    static ProofOnCluster open(
            Submission submission,
            BatchPlan plan,
            OnClusterOptions options,
            boolean goesOn,
            KafkaClients kafka,
            PrintWriter err) {
        if (submission.isDetached()) {
            throw BatchException.usage("the verdict is known only at the end; run Flink's client without --detached");
        }
        submission.checkCluster();
        submission.flink().ifPresent(flink -> new FlinkSnapshots(flink)
                .savepointDirectory(options.savepointDirectory()));
        submission.checkParallelism(plan, options.parallelism()).ifPresent(err::println);
        EarlierProof earlier = goesOn ? earlier(plan, options, kafka) : null;
        return new ProofOnCluster(submission, plan, options, earlier, kafka, err);
    }

    private static EarlierProof earlier(BatchPlan plan, OnClusterOptions options, KafkaClients kafka) {
        return options.savepoint() == null
                ? ProofGroup.kept(plan.spec().batchId(), kafka)
                : new EarlierProof(options.savepoint());
    }

    @Override
    public @Nullable EarlierProof earlier() {
        return earlier;
    }

    @Override
    public @Nullable JobClient begun(Premises premises) {
        proven = premises;
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
            return null;
        }
        Optional<String> interrupted = flink == null
                ? Optional.empty()
                : jobs.stream()
                        .filter(job -> !job.isFinished() && isOf(premises, job, flink))
                        .flatMap(job -> new FlinkSnapshots(flink).of(job.id()).stream())
                        .findFirst();
        if (interrupted.isPresent()) {
            goOnFrom(interrupted.get());
        } else if (earlier != null) {
            goOnFrom(earlier);
        }
        return null;
    }

    private void goOnFrom(EarlierProof proof) {
        if (proof.savepoint() == null) {
            tell(
                    "Kafka does not say where the last proof of %s was kept, so all of it is proven; if there is one, name its savepoint with --savepoint"
                            .formatted(batchId()));
        } else if (FlinkSnapshots.isGone(proof.savepoint())) {
            tell("the last proof of %s is gone: there is no %s; so all of it is proven"
                    .formatted(batchId(), proof.savepoint()));
        } else {
            goOnFrom(proof.savepoint());
        }
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
    public void ended(@Nullable String made) {
        savepoint = made;
        tell(
                made == null
                        ? "warning: the state of the proof was not kept, because Flink could not make a savepoint"
                        : "the state of the proof is kept in %s".formatted(made));
    }

    /** Notes the savepoint, and then deletes the one before. Killed in between: that one stays. */
    @Override
    public void commit() {
        Premises premises = proven;
        if (savepoint == null || premises == null || premises.partitions().isEmpty()) {
            return;
        }
        Map<TopicPartition, Long> next = new HashMap<>();
        premises.partitions()
                .forEach(partition -> next.put(
                        new TopicPartition(plan.spec().sourceTopic(), partition),
                        premises.range(partition).next()));
        try {
            ProofGroup.keep(batchId(), next, new EarlierProof(savepoint), kafka);
        } catch (BatchException e) {
            tell("warning: the next --continue has to name this savepoint with --savepoint: " + e.getMessage());
            return;
        }
        if (earlier != null && earlier.savepoint() != null && options.savepoint() == null) {
            submission
                    .flink()
                    .ifPresent(flink -> flink.post(
                            "/savepoint-disposal",
                            JsonNodeFactory.instance.objectNode().put("savepoint-path", earlier.savepoint())));
        }
    }

    @Override
    public void leave() {
        tell(KeptProofs.NOT_KEPT);
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
