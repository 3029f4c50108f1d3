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
import io.backprocess.cli.options.PlacementOptions;
import io.backprocess.cli.options.RevisionJarOption;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.preview.Preview;
import io.backprocess.preview.Previewer;
import io.backprocess.render.Words;
import io.backprocess.report.PreviewPage;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what a revision would change, without running a batch. */
@Command(
        name = "preview",
        description = {
            "Run the logic on a sample of the range and show the changes, before and after. Writes nothing to Kafka.",
            "Ends with 0 if the sample could be processed, whatever the outcome of its events."
        },
        mixinStandardHelpOptions = true)
public final class PreviewCommand implements Callable<Integer> {
    /** The batch id of the preview. No result is written, so no result ever has this id. */
    private static final String NO_BATCH = "preview";

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private InputOptions input = new InputOptions();

    @Mixin
    private PlacementOptions placement = new PlacementOptions();

    @Option(
            names = "--sample",
            paramLabel = "N",
            defaultValue = "10000",
            converter = ExecutionOptions.AtLeastOne.class,
            description = "Number of records to sample, spread evenly over the whole range (default: 10000).")
    private Long sample = 0L;

    @Option(
            names = "--examples",
            paramLabel = "N",
            defaultValue = "3",
            description = "Maximum number of events to show for each kind of change (default: 3).")
    private int examples;

    @Option(
            names = "--against",
            paramLabel = "BATCH",
            description = "Also compare with the results of an earlier batch over the same topic.")
    private @Nullable String against;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Also write the preview as one HTML page, such as preview.html.")
    private @Nullable Path out;

    @Option(names = "--force", description = "Replace the file if it exists.")
    private boolean force;

    @Mixin
    private RevisionJarOption revisionJars = new RevisionJarOption();

    @Mixin
    private OutputOption output = new OutputOption();

    @Override
    public Integer call() {
        if (examples < 0) {
            throw BatchException.usage("--examples %d is less than zero".formatted(examples));
        }
        NewFile file = out == null ? null : new NewFile(out, force);
        if (file != null) {
            file.check();
        }
        ClassLoader classes = revisionJars.classes();
        BatchSpec spec = input.spec(NO_BATCH, DedupeScope.PARTITION, ResultHeaders.ORIGIN, classes)
                .withPlacement(placement.placement());
        SpecCheck.check(spec);
        KafkaClients kafka = connection.kafka();
        // A preview shows what a schema would give that is not registered yet.
        RegistryStart.of(spec, kafka).look(true, BatchRun.chain(spec, classes).to());
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
            // Standard output holds only the JSON, so this line goes to standard error.
            PrintWriter said = output.isJson() ? command.commandLine().getErr() : to;
            said.println("wrote %s (%s bytes)".formatted(out, Words.count(page.length)));
            said.flush();
        }
        to.flush();
        return 0;
    }
}
