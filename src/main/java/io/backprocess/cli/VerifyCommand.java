package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.DedupeScope;
import io.backprocess.cli.options.BatchesOption;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.ContinueOptions;
import io.backprocess.cli.options.ExecutionOptions;
import io.backprocess.cli.options.OnClusterOptions;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.cli.options.RevisionJarOption;
import io.backprocess.cli.options.TableOptions;
import io.backprocess.flink.Submission;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.plan.PlanBasis;
import io.backprocess.render.Printable;
import io.backprocess.rewrite.RepairRun;
import io.backprocess.rewrite.RepairSummary;
import io.backprocess.upsert.TableAudit;
import io.backprocess.verify.KeptProofs;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import io.backprocess.verify.Verifier;
import io.backprocess.verify.cluster.ClusterProof;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Recounts a batch. */
@Command(
        name = "verify",
        description = {
            "Recount a batch from Kafka alone: source range, results, dead letters and ledger. Writes nothing.",
            "Ends with 0 if the batch is proven complete, with 1 if it is incomplete or wrong, and with 5 if data is missing",
            "or a service does not answer, so that it cannot tell.",
            "A batch that follows its topic is complete if all that it has committed is proven; --continue goes on from there.",
            "With --table, it also compares the table that results go to.",
            "With --repair, it shows the records of lost transactions, and writes them again with --execute."
        },
        mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private BatchesOption batches = new BatchesOption();

    @Option(
            names = "--repair",
            description = {
                "Show the records of transactions that Kafka has aborted before they were committed, usually because the"
                        + " batch was resumed too late.",
                "Also show what would be written to make the batch complete: exactly the missing source offsets, at the"
                        + " end of the same topics.",
                "Refuses if anything else is wrong or cannot be checked."
            })
    private boolean repair;

    @Option(names = "--execute", description = "Write the repair, then recount.")
    private boolean execute;

    @Option(
            names = "--job-ended",
            description = {
                "For --repair, if Flink has forgotten the batch's job or does not exist any more: state that the job has"
                        + " finished",
                "and will commit nothing more. If the batch can go on, resume it instead."
            })
    private boolean jobEnded;

    @Option(
            names = "--across-partitions",
            description = {
                "Also count the eventIds that were taken in several partitions. --dedupe-scope partition does not find"
                        + " these.",
                "This takes 24 bytes per event in the directory for temporary files, and about 20 MB of memory. The count"
                        + " is not",
                "a finding and does not change the verdict."
            })
    private boolean acrossPartitions;

    @Mixin
    private ContinueOptions goesOn = new ContinueOptions();

    @Mixin
    private OnClusterOptions onCluster = new OnClusterOptions();

    @Mixin
    private TableOptions table = new TableOptions();

    @Mixin
    private RevisionJarOption revisionJars = new RevisionJarOption();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() {
        if (!repair && (execute || jobEnded)) {
            throw BatchException.usage(
                    "%s needs --repair; add --repair".formatted(execute ? "--execute" : "--job-ended"));
        }
        table.check();
        onCluster.check();
        goesOn.check(onCluster.isGiven());
        if (repair && table.isGiven()) {
            throw BatchException.usage("--table cannot be used with --repair; repair first, then compare the table");
        }
        if (repair && onCluster.isGiven()) {
            throw BatchException.usage("--on-cluster cannot be used with --repair; repair first, then prove the batch");
        }
        if (repair && acrossPartitions) {
            throw BatchException.usage("--across-partitions cannot be used with --repair; leave one out");
        }
        if (goesOn.isGiven() && (repair || acrossPartitions)) {
            throw BatchException.usage("--continue cannot be used with %s, which needs the whole batch; leave one out"
                    .formatted(repair ? "--repair" : "--across-partitions"));
        }
        if (repair && batches.set() != null) {
            throw BatchException.usage("--repair cannot be used with --set; repair each batch by --batch-id");
        }
        KafkaClients kafka = connection.kafka();
        List<BatchPlan> plans = batches.plans(kafka);
        plans.forEach(this::checkAcrossPartitions);
        return repair ? repair(plans.get(0), kafka) : verify(plans, kafka);
    }

    private void checkAcrossPartitions(BatchPlan plan) {
        if (acrossPartitions && plan.spec().dedupeScope() == DedupeScope.GLOBAL) {
            throw BatchException.usage(
                    ("%s has --dedupe-scope global, so verify checks for copies in other partitions anyway;"
                                    + " leave --across-partitions out")
                            .formatted(plan.spec().batchId()));
        }
    }

    private ClassLoader classes(BatchPlan plan) {
        ClassLoader classes = revisionJars.classes(plan);
        PlanBasis.warn(plan, classes, command.commandLine().getErr());
        return classes;
    }

    /** The JSON for a set. */
    private record SetVerification(String set, Verdict verdict, List<Verification> batches) {}

    private int verify(List<BatchPlan> plans, KafkaClients kafka) {
        List<Verification> verifications =
                plans.stream().map(plan -> verify(plan, kafka, classes(plan))).toList();
        Verdict verdict =
                Verdict.worst(verifications.stream().map(Verification::verdict).toList());
        PrintWriter out = command.commandLine().getOut();
        if (output.isJson()) {
            out.println(OutputOption.json(
                    batches.set() == null
                            ? verifications.get(0)
                            : new SetVerification(batches.set(), verdict, verifications)));
        } else {
            out.print(verifications.stream()
                    .map(VerificationText::of)
                    .collect(Collectors.joining(System.lineSeparator())));
            if (batches.set() != null) {
                out.printf("%nset %s of %d batches: %s%n", batches.set(), plans.size(), verdict);
            }
        }
        out.flush();
        return ExitCodes.of(verdict);
    }

    private Verification verify(BatchPlan plan, KafkaClients kafka, ClassLoader classes) {
        Verifier verifier = new Verifier(plan, kafka, classes);
        if (acrossPartitions) {
            verifier.acrossPartitions();
        }
        if (!onCluster.isGiven()) {
            return goesOn.isGiven() ? goOn(plan, kafka, classes, verifier) : verify(plan, kafka, classes, verifier);
        }
        boolean mayGoOn = goesOn.isGiven() && !beginsAnew(plan);
        Submission submission = Submission.choose(UnaryOperator.identity(), revisionJars.urls(), connection::flink);
        try (ProofOnCluster cluster = ProofOnCluster.open(
                submission,
                plan,
                onCluster,
                mayGoOn,
                kafka,
                command.commandLine().getErr())) {
            if (mayGoOn) {
                verifier.keeping(cluster);
            }
            return verify(
                    plan,
                    kafka,
                    classes,
                    verifier.on(new ClusterProof(
                            cluster, kafka, onCluster.dedupeMemory(), onCluster.savepointDirectory())));
        }
    }

    private Verification goOn(BatchPlan plan, KafkaClients kafka, ClassLoader classes, Verifier verifier) {
        if (beginsAnew(plan)) {
            return verify(plan, kafka, classes, verifier);
        }
        try (KeptProofs proofs = KeptProofs.open(goesOn.directory(), plan, this::printNote)) {
            return verify(plan, kafka, classes, verifier.goingOnFrom(proofs));
        }
    }

    /** Tells whether no proof of the batch can go on from an earlier one, and says so. */
    private boolean beginsAnew(BatchPlan plan) {
        boolean isGlobal = plan.spec().dedupeScope() == DedupeScope.GLOBAL;
        if (isGlobal) {
            printNote("in --dedupe-scope global copies may be in any partition, so all of %s is proven"
                    .formatted(plan.spec().batchId()));
        }
        return isGlobal;
    }

    private Verification verify(BatchPlan plan, KafkaClients kafka, ClassLoader classes, Verifier verifier) {
        return table.isGiven() ? verifyWithTable(plan, kafka, classes, verifier) : verify(plan, verifier);
    }

    /** Connects to the table first, so that a recount is not in vain if the database does not answer. */
    private Verification verifyWithTable(BatchPlan plan, KafkaClients kafka, ClassLoader classes, Verifier verifier) {
        try (TableAudit audit = table.open(plan, kafka, classes)) {
            audit.disconnect();
            Verification recount = verify(plan, verifier);
            try (ProgressBar bar = ProgressDisplay.bar("table " + plan.spec().batchId(), -1)) {
                LongConsumer progress = bar == null ? done -> {} : bar::stepTo;
                return table.verifier(plan, kafka, audit).verify(recount, progress);
            }
        }
    }

    /** The JSON that the command prints for a repair. */
    private record RepairOutput(
            RepairSummary repair, @Nullable Verification verification) {}

    /** Shows or executes a repair. The exit code is 1 as long as something is missing, even if a repair could write it. */
    private int repair(BatchPlan plan, KafkaClients kafka) {
        ClassLoader classes = classes(plan);
        RepairRun run =
                new RepairRun(plan, kafka, connection.flink(), ExecutionOptions.user(), jobEnded, this::printNote);
        RepairSummary summary;
        try (ProgressBar bar =
                ProgressDisplay.bar("verify " + plan.spec().batchId(), plan.isFollowing() ? -1 : plan.size())) {
            LongConsumer progress = bar == null ? done -> {} : bar::stepTo;
            summary = execute ? run.execute(classes, progress) : run.tryOut(classes, progress);
        }
        PrintWriter out = command.commandLine().getOut();
        if (!output.isJson()) {
            out.print(RepairText.of(summary));
            out.flush();
        }
        boolean dry = !execute && !summary.isEmpty();
        Verification verification = dry ? null : verify(plan, new Verifier(plan, kafka, classes));
        if (output.isJson()) {
            out.println(OutputOption.json(new RepairOutput(summary, verification)));
        } else if (verification != null) {
            out.print(VerificationText.of(verification));
        }
        out.flush();
        return verification == null ? 1 : ExitCodes.of(verification.verdict());
    }

    private void printNote(String note) {
        command.commandLine().getErr().println(Printable.lines(note));
    }

    static Verification verify(BatchPlan plan, Verifier verifier) {
        // The size of a batch that follows its topic is unknown, so the bar has no end and only counts.
        long size = plan.isFollowing() ? -1 : plan.size();
        try (ProgressBar bar = ProgressDisplay.bar("verify " + plan.spec().batchId(), size)) {
            return bar == null ? verifier.verify() : verifier.verify(bar::stepTo);
        }
    }
}
