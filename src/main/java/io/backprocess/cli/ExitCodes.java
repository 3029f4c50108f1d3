package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.LogContext;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.flink.Submission;
import io.backprocess.ledger.DamagedLedgerException;
import io.backprocess.plan.Rights;
import io.backprocess.render.Printable;
import io.backprocess.verify.Verdict;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** Turns whatever goes wrong into one line and an exit code, in one place. */
public final class ExitCodes implements IExecutionExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ExitCodes.class);

    private @Nullable Exception failure;

    private ExitCodes() {}

    /** The command line with its errors in words. */
    public static CommandLine commandLine(Object command) {
        return new CommandLine(command)
                .setExecutionStrategy(ExitCodes::execute)
                .setExecutionExceptionHandler(new ExitCodes())
                .setParameterExceptionHandler((e, args) -> {
                    CommandLine commandLine = e.getCommandLine();
                    PrintWriter err = commandLine.getErr();
                    err.println(error(commandLine, String.valueOf(e.getMessage())));
                    err.println("Try '%s --help'."
                            .formatted(commandLine.getCommandSpec().qualifiedName()));
                    return CommandLine.ExitCode.USAGE;
                })
                .setUsageHelpAutoWidth(true);
    }

    /**
     * Runs the command and ends the process. Flink's client must not be ended from within: there a failure is thrown, and
     * the client says so.
     */
    public static void exit(CommandLine commandLine, String[] args) {
        int code = commandLine.execute(args);
        if (!Submission.isInFlinkClient()) {
            System.exit(code);
        }
        if (code != 0) {
            Exception failure = ((ExitCodes) commandLine.getExecutionExceptionHandler()).failure;
            throw failure instanceof BatchException batch
                    ? batch
                    : BatchException.failed("backprocess ended with exit code " + code);
        }
    }

    /** The log says which command began and how it ended, and that all between them is about the batch. */
    private static int execute(ParseResult parsed) {
        CommandLine command = command(parsed);
        if (command.isUsageHelpRequested() || command.isVersionHelpRequested()) {
            return new RunLast().execute(parsed);
        }
        String name = command.getCommandSpec().qualifiedName();
        try (MDC.MDCCloseable batch = LogContext.batch(batchId(command))) {
            LOG.info("{} begins.", name);
            int code = new RunLast().execute(parsed);
            LOG.info("{} ended with exit code {}.", name, code);
            return code;
        }
    }

    private static CommandLine command(ParseResult parsed) {
        List<CommandLine> commands = parsed.asCommandLineList();
        return commands.get(commands.size() - 1);
    }

    /** Empty where the command is about none. */
    private static String batchId(CommandLine command) {
        return command.getParseResult().matchedOptionValue("--batch-id", "");
    }

    @Override
    public int handleExecutionException(Exception thrown, CommandLine commandLine, ParseResult parsed) {
        Exception e = kafka(commandLine)
                .<Exception>flatMap(kafka -> Rights.refusal(thrown, kafka))
                .orElse(thrown);
        failure = e;
        try (MDC.MDCCloseable batch = LogContext.batch(batchId(commandLine))) {
            LOG.error("{} failed: {}", commandLine.getCommandSpec().qualifiedName(), message(e), isKnown(e) ? null : e);
        }
        commandLine.getErr().println(error(commandLine, message(e)));
        if (!isKnown(e)) {
            e.printStackTrace(commandLine.getErr());
        }
        return e instanceof BatchException batch
                ? code(batch.kind())
                : e instanceof DamagedLedgerException ? code(BatchException.Kind.REFUSED) : 1;
    }

    /** The client properties of the command, which Kafka has refused something to; empty where it has none that can be read. */
    private static Optional<Properties> kafka(CommandLine commandLine) {
        return mixins(commandLine.getCommandSpec())
                .map(CommandLine.Model.CommandSpec::userObject)
                .filter(ConnectionOptions.class::isInstance)
                .map(connection -> {
                    try {
                        return ((ConnectionOptions) connection).kafka();
                    } catch (BatchException e) {
                        return new Properties();
                    }
                })
                .findFirst();
    }

    private static Stream<CommandLine.Model.CommandSpec> mixins(CommandLine.Model.CommandSpec spec) {
        return spec.mixins().values().stream().flatMap(mixin -> Stream.concat(Stream.of(mixin), mixins(mixin)));
    }

    private static boolean isKnown(Exception e) {
        return e instanceof BatchException || e instanceof DamagedLedgerException;
    }

    private static String message(Exception e) {
        return isKnown(e) ? String.valueOf(e.getMessage()) : "unexpected: " + e;
    }

    /** What is in Kafka may hold anything, and some of it stands in messages. */
    private static String error(CommandLine commandLine, String message) {
        return commandLine
                .getColorScheme()
                .errorText("error: " + Printable.lines(message))
                .toString();
    }

    /** That of a recount: wrong goes before cannot tell, as in the verdict. */
    static int of(Verdict verdict) {
        return switch (verdict) {
            case COMPLETE -> 0;
            case INCOMPLETE, WRONG -> 1;
            case CANNOT_TELL -> code(BatchException.Kind.CANNOT_TELL);
        };
    }

    private static int code(BatchException.Kind kind) {
        return switch (kind) {
            case FAILED -> 1;
            case USAGE -> 2;
            case UNREACHABLE -> 3;
            case REFUSED -> 4;
            case CANNOT_TELL -> 5;
        };
    }
}
