package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.SpecCheck;
import io.backprocess.batch.TopicNames;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.ExecutionOptions;
import io.backprocess.cli.options.SpecOptions;
import io.backprocess.cli.options.StartOptions;
import io.backprocess.cli.options.StartSettings;
import io.backprocess.context.ContextTopic;
import io.backprocess.control.BatchLock;
import io.backprocess.control.MarkStore;
import io.backprocess.control.SetStore;
import io.backprocess.control.SettingsStore;
import io.backprocess.dedupe.DropDuplicates;
import io.backprocess.flink.Snapshot;
import io.backprocess.flink.Submission;
import io.backprocess.job.CommittedOffsets;
import io.backprocess.job.RequiredOptions;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.plan.PlanBasis;
import io.backprocess.plan.PlanStore;
import io.backprocess.plan.Planner;
import io.backprocess.plan.RangeWarnings;
import io.backprocess.plan.Rights;
import io.backprocess.plan.Topics;
import io.backprocess.render.Printable;
import io.backprocess.render.Words;
import io.backprocess.status.BatchState;
import io.backprocess.upsert.ResultTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
        description = "Run a batch: plan it, submit it to Flink, watch it, and show the outcome of its records.",
        mixinStandardHelpOptions = true)
public final class RunCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private SpecOptions specification = new SpecOptions();

    @Mixin
    private ExecutionOptions execution = new ExecutionOptions();

    @Mixin
    private StartOptions start = new StartOptions();

    @Option(
            names = "--set",
            paramLabel = "NAME",
            description = "Put the batch into this set, for verify --set and promote --set. It is no part of the plan.")
    private @Nullable String set;

    @Option(names = "--local", description = "Run in this process, without a Flink cluster; for trials.")
    private boolean local;

    @Override
    public Integer call() throws Exception {
        start.check();
        if (set != null) {
            SetStore.checkName(set);
        }
        BatchSpec spec = specification.spec(execution.revisionClasses());
        SpecCheck.check(spec);
        KafkaClients kafka = connection.kafka();
        Submission submission =
                Submission.choose(execution::configure, execution.revisionJarUrls(), local ? null : connection::flink);
        try (KafkaAdmin admin = kafka.openAdmin()) {
            MarkStore marks = new MarkStore(admin);
            BatchRun run = new BatchRun(command, kafka, marks, submission);
            StartChecks checks = new StartChecks(marks, submission);
            Rights rights = new Rights(admin);
            refuse(rights.problems(spec));
            StartSettings told =
                    StartSettings.adopt(spec.batchId(), new SettingsStore(admin), start, execution, submission);
            PlanStore store = new PlanStore(admin);
            Optional<BatchPlan> stored = store.find(spec.batchId());
            RegistryStart registry = RegistryStart.of(spec, kafka);
            if (stored.isEmpty()) {
                registry.look(
                                specification.registers(),
                                BatchRun.chain(spec, execution.revisionClasses())
                                        .to())
                        .ifPresent(look -> run.out("The schema of results: " + Printable.line(look)));
            }
            BatchPlan proposed = stored.isPresent()
                    ? same(stored.get(), spec, admin, submission.configuration())
                    : plan(spec, admin, store, submission.configuration());
            // These checks come before anything is created. If Flink or a database does not answer, nothing is left
            // behind.
            submission.checkCluster();
            submission
                    .checkParallelism(proposed, start.parallelism())
                    .ifPresent(command.commandLine().getErr()::println);
            Topics topics = new Topics(admin);
            if (stored.isEmpty()) {
                checkTable(proposed);
                registry.register(
                        BatchRun.chain(spec, execution.revisionClasses()).to());
                topics.create(proposed);
                // Kafka reports the rights on new topics only after they are created.
                refuse(rights.problems(spec));
            }
            // If another process was faster, its plan is the batch's plan.
            BatchPlan made = stored.isPresent() ? proposed : fixed(proposed, topics, admin);
            BatchPlan plan = stored.isPresent() ? made : store.putIfAbsent(made);
            boolean isNew = stored.isEmpty() && plan.hash().equals(made.hash());
            if (stored.isEmpty() && !isNew) {
                same(plan, spec, admin, submission.configuration());
            }
            registry.store();
            if (set != null) {
                new SetStore(admin).put(spec.batchId(), set, ExecutionOptions.user());
            }
            checks.refuseEnded(plan);
            BatchLedger ledger = run.committed(plan);
            if (ledger.isComplete()) {
                run.out((plan.size() == 0
                                ? "%s has nothing to do: no record of %s is between --from %s and --until %s."
                                : "%s is completed already; nothing is written.")
                        .formatted(
                                spec.batchId(),
                                spec.sourceTopic(),
                                spec.range().from(),
                                spec.range().until()));
                run.report(plan, ledger, BatchState.COMPLETED, execution);
                checks.checkOutput(plan, ledger, admin);
                run.finishEmpty(plan);
                return run.conclude(plan, ledger, execution, start);
            }
            JobClient job;
            try (BatchLock lock = BatchLock.take(spec.batchId(), ExecutionOptions.user(), kafka, admin.batches())) {
                BatchLedger committed = LedgerReader.of(plan, kafka).read();
                if (!run.isFailover(plan)) {
                    checkStart(plan, committed, submission, checks, admin);
                }
                if (!isNew) {
                    PlanBasis.warn(
                            plan,
                            execution.revisionClasses(),
                            command.commandLine().getErr());
                    refuse(topics.ledgerProblems(plan));
                    refuse(topics.ownProblems());
                    checkTable(plan);
                    refuse(new Planner(admin).sourceProblems(plan));
                    refuse(new Planner(admin).lost(plan, committed.next()));
                    topics.create(plan);
                    refuse(topics.limitProblems(plan));
                }
                job = run.submit(lock, plan, topics, execution, start, told);
            }
            return start.isDetached() || submission.isDetached() ? 0 : run.watch(plan, job, execution, start);
        }
    }

    /** Returns the stored plan after checking that it has the same specification. */
    private BatchPlan same(BatchPlan stored, BatchSpec spec, KafkaAdmin admin, Configuration flink) {
        List<String> differences = stored.spec().differencesTo(spec);
        if (!differences.isEmpty()) {
            throw BatchException.refused("batch '%s' was planned with another specification (%s); %s"
                    .formatted(
                            spec.batchId(),
                            String.join("; ", differences),
                            stored.spec().adviceOnTheEnd(spec).orElse("choose another --batch-id")));
        }
        RangeWarnings.ofStored(stored, admin)
                .forEach(warning -> command.commandLine().getErr().println("warning: " + Printable.lines(warning)));
        refuse(new Planner(admin)
                .timingProblems(execution.transactionTimeout(), RequiredOptions.checkpointInterval(flink)));
        return stored;
    }

    /** Returns a new plan that passes all checks. It is not stored yet. */
    private BatchPlan plan(BatchSpec spec, KafkaAdmin admin, PlanStore store, Configuration flink) {
        Planner planner = new Planner(admin);
        BatchPlan plan = planner.plan(
                        spec, DropDuplicates.STATE_FORMAT, ExecutionOptions.user(), specification.reason())
                .with(ContextTopic.freeze(spec, admin));
        specification.warnOfContexts(spec, admin, command);
        List<String> problems =
                new ArrayList<>(specification.warnOfRange(plan, admin, start.acceptsDeadLetters(), command));
        problems.addAll(
                planner.problems(plan, execution.transactionTimeout(), RequiredOptions.checkpointInterval(flink)));
        if (!problems.isEmpty() && store.find(spec.batchId()).isPresent()) {
            throw BatchException.refused(
                    "another process has planned batch '%s' at this moment and runs it; check it with: status --batch-id %s"
                            .formatted(spec.batchId(), spec.batchId()));
        }
        refuse(problems);
        return plan;
    }

    /** Adds to a plan the limits and jars that its results depend on. The batch's topics must exist. */
    private BatchPlan fixed(BatchPlan plan, Topics topics, KafkaAdmin admin) {
        return plan.with(
                PlanBasis.of(plan.spec(), topics.limitsNow(plan).result(), execution.revisionClasses()),
                admin.topicId(TopicNames.LEDGER));
    }

    private void checkTable(BatchPlan plan) {
        refuse(ResultTable.problems(plan.spec(), execution.transactionTimeout(), execution.revisionClasses()));
    }

    private static void refuse(List<String> problems) {
        if (!problems.isEmpty()) {
            throw BatchException.refused(String.join(System.lineSeparator(), problems));
        }
    }

    /** Checks the start. The job repeats these checks when it starts, but here the user gets a faster and clearer answer. */
    private void checkStart(
            BatchPlan plan, BatchLedger ledger, Submission submission, StartChecks checks, KafkaAdmin admin) {
        checks.refuseLive(plan);
        checks.refuseGone(plan, ledger, admin);
        Optional<String> snapshot = submission.configuration().getOptional(StateRecoveryOptions.SAVEPOINT_PATH);
        if (snapshot.isPresent()) {
            Snapshot restored = Snapshot.load(snapshot.get());
            restored.checkFits(plan, ledger);
            restored.tooOld(execution.transactionTimeout(), submission.configuration())
                    .ifPresent(problem -> Printable.warn(
                            command.commandLine().getErr(),
                            problem + "; recount the batch when it is done: backprocess verify"));
        } else if (!ledger.isEmpty()) {
            throw BatchException.refused(
                    ("%s is half done (%s records are committed), and a start from the beginning would"
                                    + " write them twice; go on with: resume --batch-id %s (or flink run -s PATH"
                                    + " backprocess.jar run …), or choose another --batch-id")
                            .formatted(
                                    plan.spec().batchId(),
                                    Words.count(ledger.total().read()),
                                    plan.spec().batchId()));
        } else {
            refuseDeadLettersTwice(plan, ledger);
        }
    }

    private void refuseDeadLettersTwice(BatchPlan plan, BatchLedger ledger) {
        Map<Integer, Long> letters = CommittedOffsets.ofDeadLetters(plan, ledger, connection.kafka());
        if (!letters.isEmpty()) {
            throw BatchException.refused(
                    ("%s has committed dead letters (up to source offset %s), but the results beside them"
                                    + " were lost; a start from the beginning would write the dead letters twice. %s")
                            .formatted(plan.spec().batchId(), letters, CommittedOffsets.wayOut(plan.spec())));
        }
    }
}
