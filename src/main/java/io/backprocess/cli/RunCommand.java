package io.backprocess.cli;

import io.backprocess.BackprocessJob;
import io.backprocess.dedupe.DropDuplicates;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.LedgerFollower;
import io.backprocess.plan.BatchException;
import io.backprocess.plan.BatchPlan;
import io.backprocess.plan.BatchSpec;
import io.backprocess.plan.KafkaAdmin;
import io.backprocess.plan.PlanStore;
import io.backprocess.plan.Planner;
import io.backprocess.plan.Topics;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a batch. */
@Command(
        name = "run",
        description = "Run a batch: plan it, submit it to Flink, watch it, and show what became of every record.",
        mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {
    private static final Duration LAST_COMMIT_PATIENCE = Duration.ofMinutes(1);

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private SpecOptions specification = new SpecOptions();

    @Mixin
    private ExecutionOptions execution = new ExecutionOptions();

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "Subtasks (default: the free slots, but not more than there are partitions).")
    private @Nullable Integer parallelism;

    @Option(
            names = "--max-rate",
            paramLabel = "N",
            description = "At most so many records a second over the whole job, for a source that others need too.")
    private @Nullable Long maxRate;

    @Option(names = "--detached", description = "Do not wait for the end.")
    private boolean detached;

    @Option(names = "--local", description = "In this process, without a Flink cluster; for trying things out.")
    private boolean local;

    @Override
    public Integer call() throws Exception {
        checkNumbers();
        BatchSpec spec = specification.spec(execution.revisionClasses());
        Planner.check(spec);
        Properties kafka = connection.kafka();
        Submission submission = Submission.choose(connection, execution, local);
        try (KafkaAdmin admin = new KafkaAdmin(kafka)) {
            PlanStore store = new PlanStore(admin, kafka);
            Optional<BatchPlan> stored = store.find(spec.batchId());
            BatchPlan plan = stored.isPresent()
                    ? same(stored.get(), spec, admin, submission.configuration())
                    : plan(spec, admin, submission.configuration());
            // Asked before anything is created, so that a Flink that does not answer leaves nothing behind.
            Optional<FlinkCluster.Job> live = submission.liveJob(spec.batchId());
            Topics topics = new Topics(admin);
            if (stored.isEmpty()) {
                topics.create(plan);
                store.put(plan);
            }
            BatchLedger ledger = BackprocessJob.ledger(plan, kafka).read();
            if (ledger.isComplete()) {
                out((plan.size() == 0
                                ? "%s has nothing to do: no record of %s lies between --from %s and --until %s."
                                : "%s is completed already; nothing is written.")
                        .formatted(spec.batchId(), spec.sourceTopic(), spec.from(), spec.until()));
                report(plan, ledger, BatchState.COMPLETED);
                return 0;
            }
            checkStart(spec, ledger, live, submission);
            if (stored.isPresent()) {
                topics.create(plan);
            }
            BackprocessJob.Settings settings = new BackprocessJob.Settings(
                    kafka,
                    topics.maxResultBytes(plan),
                    execution.transactionTimeout(),
                    maxRate,
                    execution.dedupeMemory());
            JobClient job =
                    BackprocessJob.submit(submission.environment(plan.ranges().size(), parallelism), plan, settings);
            out("%s runs as Flink job %s%s"
                    .formatted(
                            spec.batchId(),
                            job.getJobID(),
                            submission.webUi(job.getJobID().toString())));
            return detached || submission.isDetached() ? 0 : watch(plan, kafka, job);
        }
    }

    private void checkNumbers() {
        if (parallelism != null && parallelism < 1) {
            throw BatchException.usage("--parallelism %d is less than one".formatted(parallelism));
        }
        if (maxRate != null && maxRate < 1) {
            throw BatchException.usage("--max-rate %d is less than one".formatted(maxRate));
        }
    }

    /** The stored plan, if it is of the same specification. */
    private BatchPlan same(BatchPlan stored, BatchSpec spec, KafkaAdmin admin, Configuration flink) {
        List<String> differences = stored.spec().differencesTo(spec);
        if (!differences.isEmpty()) {
            throw BatchException.refused("batch '%s' was planned as something else (%s); choose another --batch-id"
                    .formatted(spec.batchId(), String.join("; ", differences)));
        }
        refuse(new Planner(admin)
                .timingProblems(execution.transactionTimeout(), BackprocessJob.checkpointInterval(flink)));
        return stored;
    }

    /** A new plan that nothing stands in the way of; not stored yet. */
    private BatchPlan plan(BatchSpec spec, KafkaAdmin admin, Configuration flink) {
        Planner planner = new Planner(admin);
        BatchPlan plan =
                planner.plan(spec, DropDuplicates.STATE_FORMAT, ExecutionOptions.user(), specification.reason());
        refuse(planner.problems(plan, execution.transactionTimeout(), BackprocessJob.checkpointInterval(flink)));
        return plan;
    }

    private static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            throw BatchException.refused(String.join(System.lineSeparator(), problems));
        }
    }

    /** The job checks the same again when it starts; this is for a quicker and kinder answer. */
    private static void checkStart(
            BatchSpec spec, BatchLedger ledger, Optional<FlinkCluster.Job> live, Submission submission) {
        live.ifPresent(job -> {
            throw BatchException.refused(
                    "%s is running already, as Flink job %s; watch it with: status --batch-id %s --watch"
                            .formatted(spec.batchId(), job.id(), spec.batchId()));
        });
        boolean restored = submission
                .configuration()
                .getOptional(StateRecoveryOptions.SAVEPOINT_PATH)
                .isPresent();
        if (!ledger.isEmpty() && !restored) {
            throw BatchException.refused(
                    ("%s is half done (%,d records are committed) and would be started from nothing, which would write them twice;"
                                    + " resume it from its newest checkpoint or savepoint: flink run -s PATH backprocess.jar run …, or choose another --batch-id")
                            .formatted(spec.batchId(), ledger.total().read()));
        }
    }

    private int watch(BatchPlan plan, Properties kafka, JobClient job) throws Exception {
        try (LedgerFollower ledger = BackprocessJob.ledger(plan, kafka).follow();
                ProgressDisplay progress =
                        new ProgressDisplay(plan, command.commandLine().getErr())) {
            JobStatus status = Submission.statusOf(job, JobStatus.INITIALIZING);
            while (!status.isGloballyTerminalState()) {
                progress.show(BatchStatus.of(plan, ledger.poll(), BatchState.RUNNING, Instant.now()));
                Thread.sleep(500);
                status = Submission.statusOf(job, status);
            }
            BatchLedger end = status == JobStatus.FINISHED ? ledger.pollSettled(LAST_COMMIT_PATIENCE) : ledger.poll();
            BatchState state = end.isComplete() ? BatchState.COMPLETED : BatchState.FAILED;
            progress.show(BatchStatus.of(plan, end, state, Instant.now()));
            progress.close();
            if (state == BatchState.COMPLETED) {
                report(plan, end, state);
                out("%nEvery record is accounted for. Recount it from Kafka alone: backprocess verify --batch-id %s"
                        .formatted(plan.spec().batchId()));
                return 0;
            }
            throw BatchException.failed(
                    status == JobStatus.FINISHED
                            ? "%s ended with %,d offsets that are not committed; look at: backprocess verify --batch-id %s"
                                    .formatted(
                                            plan.spec().batchId(),
                                            BatchStatus.of(plan, end, state, Instant.now())
                                                    .remaining(),
                                            plan.spec().batchId())
                            : "%s: the Flink job is %s%s"
                                    .formatted(plan.spec().batchId(), status, Submission.failureOf(job)));
        }
    }

    private void report(BatchPlan plan, BatchLedger ledger, BatchState state) {
        PrintWriter out = command.commandLine().getOut();
        out.println();
        out.print(StatusText.of(BatchStatus.of(plan, ledger, state, Instant.now())));
        out.flush();
    }

    private void out(String line) {
        PrintWriter out = command.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
