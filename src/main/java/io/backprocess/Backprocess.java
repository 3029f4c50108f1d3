package io.backprocess;

import io.backprocess.cli.ExitCodes;
import io.backprocess.render.OwnProcess;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The command-line program. It is also the main class that {@code flink run} starts. */
@Command(
        name = "backprocess",
        description = "Reprocess Kafka history with new business logic: once per event, in order, proven complete.",
        mixinStandardHelpOptions = true,
        versionProvider = Backprocess.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Exit codes: 0 done or true, 1 failed or not true, 2 wrong usage, 3 cannot reach Kafka or Flink, 4 refused to protect data, 5 cannot tell."
        })
public final class Backprocess {
    /**
     * The layout of the log lines. This option is only checked and shown here: scripts/backprocess applies it before Java starts.
     */
    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            scope = CommandLine.ScopeType.INHERIT,
            defaultValue = "text",
            description = "Layout of the lines in the log file of scripts/backprocess (default: text).")
    @SuppressWarnings("UnusedVariable")
    private LogFormat logFormat = LogFormat.text;

    enum LogFormat {
        text,
        json
    }

    private Backprocess() {}

    public static void main(String[] args) {
        if (OwnProcess.isThis()) {
            // This comes first: the first class that logs opens the log, which may write to standard output.
            OwnProcess process = OwnProcess.claim();
            System.exit(process.with(commandLine(Subcommands.namedBy(args))).execute(args));
        }
        ExitCodes.exit(commandLine(), args);
    }

    /** Returns the command line with all subcommands, for callers from Java. */
    public static CommandLine commandLine() {
        return commandLine(Subcommands.all());
    }

    static CommandLine commandLine(Subcommands subcommands) {
        return ExitCodes.commandLine(subcommands.addTo(CommandSpec.forAnnotatedObject(new Backprocess())));
    }

    /** The version of the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Backprocess.class.getPackage().getImplementationVersion();
            return new String[] {"backprocess " + (version == null ? "(not packaged)" : version)};
        }
    }
}
