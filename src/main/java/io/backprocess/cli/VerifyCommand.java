package io.backprocess.cli;

import io.backprocess.plan.BatchPlan;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import io.backprocess.verify.Verifier;
import java.io.PrintWriter;
import java.util.Properties;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Recounts a batch. */
@Command(
        name = "verify",
        description = {
            "Recount a batch from Kafka alone: source range, results, dead letters and ledger. Writes nothing.",
            "Ends with 0 when the batch is proven complete, with 1 when it is incomplete or wrong."
        },
        mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private BatchOption batch = new BatchOption();

    @Mixin
    private RevisionJarOption revisionJars = new RevisionJarOption();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() {
        Properties kafka = connection.kafka();
        BatchPlan plan = batch.plan(kafka);
        Verification verification = verify(plan, new Verifier(plan, kafka, revisionJars.classes(plan)));
        PrintWriter out = command.commandLine().getOut();
        if (output.isJson()) {
            out.println(OutputOption.json(verification));
        } else {
            out.print(VerificationText.of(verification));
        }
        out.flush();
        return verification.verdict() == Verdict.COMPLETE ? 0 : 1;
    }

    static Verification verify(BatchPlan plan, Verifier verifier) {
        // Of a batch that follows nobody knows how much it is; a bar without an end just counts.
        long size = plan.isFollowing() ? -1 : plan.size();
        try (ProgressBar bar = ProgressDisplay.bar("verify " + plan.spec().batchId(), size)) {
            return bar == null ? verifier.verify() : verifier.verify(bar::stepTo);
        }
    }
}
