package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.DedupeScope;
import io.backprocess.cli.options.BatchOption;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.cli.options.RevisionJarOption;
import io.backprocess.rewrite.RepairSummary;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import io.backprocess.verify.Verifier;
import java.io.PrintWriter;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
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
            "Ends with 0 when the batch is proven complete, with 1 when it is incomplete or wrong, and with 5 where"
                    + " what it would",
            "take to know is gone or does not answer.",
            "With --repair: what lost transactions have taken is shown, and with --execute written again."
        },
        mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private BatchOption batch = new BatchOption();

    @Option(
            names = "--repair",
            description = {
                "Show what transactions that Kafka has aborted before they were committed (resumed too late, mostly)"
                        + " have taken,",
                "and what would be written to make the batch complete: exactly the missing source offsets, into the"
                        + " same topics, behind the rest.",
                "Refuses where anything else is wrong, or cannot be told."
            })
    private boolean repair;

    @Option(names = "--execute", description = "Do the repair, then recount.")
    private boolean execute;

    @Option(
            names = "--job-ended",
            description = {
                "For --repair, where Flink has forgotten the batch's job or is gone: the job has finished, and what is"
                        + " not",
                "committed will not come any more. A batch that can go on is resumed instead."
            })
    private boolean jobEnded;

    @Option(
            names = "--across-partitions",
            description = {
                "Also count the eventIds that were taken in several partitions, which --dedupe-scope partition does"
                        + " not look for.",
                "Takes 24 bytes an event in the directory for temporary files, and about 20 MB of memory. No finding:"
                        + " the verdict",
                "stays what it is."
            })
    private boolean acrossPartitions;

    @Mixin
    private RevisionJarOption revisionJars = new RevisionJarOption();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() {
        if (!repair && (execute || jobEnded)) {
            throw BatchException.usage("%s goes with --repair only".formatted(execute ? "--execute" : "--job-ended"));
        }
        if (repair && acrossPartitions) {
            throw BatchException.usage("--across-partitions does not go with --repair");
        }
        Properties kafka = connection.kafka();
        BatchPlan plan = batch.plan(kafka);
        if (acrossPartitions && plan.spec().dedupeScope() == DedupeScope.GLOBAL) {
            throw BatchException.usage(
                    "%s has --dedupe-scope global, so copies in other partitions are proven in any case; leave --across-partitions out"
                            .formatted(batch.id()));
        }
        ClassLoader classes = revisionJars.classes(plan);
        PlanBasis.warn(plan, classes, command.commandLine().getErr());
        return repair ? repair(plan, kafka, classes) : verify(plan, kafka, classes);
    }

    private int verify(BatchPlan plan, Properties kafka, ClassLoader classes) {
        Verifier verifier = new Verifier(plan, kafka, classes);
        Verification verification = verify(plan, acrossPartitions ? verifier.acrossPartitions() : verifier);
        PrintWriter out = command.commandLine().getOut();
        if (output.isJson()) {
            out.println(OutputOption.json(verification));
        } else {
            out.print(VerificationText.of(verification));
        }
        out.flush();
        return ExitCodes.of(verification.verdict());
    }

    /** The JSON. */
    private record Repaired(RepairSummary repair, @Nullable Verification verification) {}

    /** As long as something is missing, the batch is not complete, whatever could be done about it. */
    private int repair(BatchPlan plan, Properties kafka, ClassLoader classes) {
        RepairRun run = new RepairRun(
                plan, kafka, batch, connection, jobEnded, command.commandLine().getErr());
        RepairSummary summary;
        try (ProgressBar bar = ProgressDisplay.bar("verify " + batch.id(), plan.isFollowing() ? -1 : plan.size())) {
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
            out.println(OutputOption.json(new Repaired(summary, verification)));
        } else if (verification != null) {
            out.print(VerificationText.of(verification));
        }
        out.flush();
        // One that follows never is complete.
        Verdict right = plan.isFollowing() ? Verdict.INCOMPLETE : Verdict.COMPLETE;
        if (verification == null) {
            return 1;
        }
        return verification.verdict() == right ? 0 : ExitCodes.of(verification.verdict());
    }

    static Verification verify(BatchPlan plan, Verifier verifier) {
        // Of a batch that follows nobody knows how much it is; a bar without an end just counts.
        long size = plan.isFollowing() ? -1 : plan.size();
        try (ProgressBar bar = ProgressDisplay.bar("verify " + plan.spec().batchId(), size)) {
            return bar == null ? verifier.verify() : verifier.verify(bar::stepTo);
        }
    }
}
