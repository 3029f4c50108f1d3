package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.batch.SpecCheck;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.ExecutionOptions;
import io.backprocess.cli.options.InputOptions;
import io.backprocess.cli.options.NewFile;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.cli.options.RevisionJarOption;
import io.backprocess.preview.Preview;
import io.backprocess.preview.Previewer;
import io.backprocess.render.Table;
import io.backprocess.report.PreviewPage;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what a revision would change, before anything is run. */
@Command(
        name = "preview",
        description = {
            "Run the logic on a sample of the range and show what would change, before and after. Writes nothing to Kafka.",
            "Ends with 0 when it could be tried, whatever became of the events."
        },
        mixinStandardHelpOptions = true)
public final class PreviewCommand implements Callable<Integer> {
    /** No result is written, so none ever has it. */
    private static final String NO_BATCH = "preview";

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private InputOptions input = new InputOptions();

    @Option(
            names = "--sample",
            paramLabel = "N",
            defaultValue = "10000",
            converter = ExecutionOptions.AtLeastOne.class,
            description = "Look at so many records, taken evenly from the whole range (default: 10000).")
    private Long sample = 0L;

    @Option(
            names = "--examples",
            paramLabel = "N",
            defaultValue = "3",
            description = "Of each kind of change show so many events at most (default: 3).")
    private int examples;

    @Option(
            names = "--against",
            paramLabel = "BATCH",
            description = "Also compare with what an earlier batch over the same topic has written.")
    private @Nullable String against;

    @Option(names = "--out", paramLabel = "FILE", description = "Also write it as one HTML page, such as preview.html.")
    private @Nullable Path out;

    @Option(names = "--force", description = "Replace the file where there is one.")
    private boolean force;

    @Mixin
    private RevisionJarOption revisionJars = new RevisionJarOption();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() {
        if (examples < 0) {
            throw BatchException.usage("--examples %d is less than none".formatted(examples));
        }
        NewFile file = out == null ? null : new NewFile(out, force);
        if (file != null) {
            file.check();
        }
        ClassLoader classes = revisionJars.classes();
        BatchSpec spec = input.spec(NO_BATCH, DedupeScope.PARTITION, ResultHeaders.ORIGIN, classes);
        SpecCheck.check(spec);
        Properties kafka = connection.kafka();
        Preview preview = new Previewer(kafka, classes, sample, examples).preview(spec, against);
        PrintWriter to = command.commandLine().getOut();
        if (output.isJson()) {
            to.println(OutputOption.json(preview));
        } else {
            new PreviewText(to, command.commandLine().getColorScheme()).print(preview);
        }
        if (file != null) {
            byte[] page = new PreviewPage(preview, OutputOption.json(preview), Instant.now())
                    .html()
                    .getBytes(StandardCharsets.UTF_8);
            file.write(page);
            // Beside the JSON there is nothing else on standard output.
            PrintWriter said = output.isJson() ? command.commandLine().getErr() : to;
            said.println("wrote %s (%s bytes)".formatted(out, Table.text(page.length)));
            said.flush();
        }
        to.flush();
        return 0;
    }
}
