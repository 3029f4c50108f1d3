package io.backprocess.cli;

import io.backprocess.event.LogContext;
import io.backprocess.plan.BatchException;
import java.io.PrintWriter;
import java.util.List;
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
    public int handleExecutionException(Exception e, CommandLine commandLine, ParseResult parsed) {
        failure = e;
        try (MDC.MDCCloseable batch = LogContext.batch(batchId(commandLine))) {
            LOG.error(
                    "{} failed: {}",
                    commandLine.getCommandSpec().qualifiedName(),
                    message(e),
                    e instanceof BatchException ? null : e);
        }
        commandLine.getErr().println(error(commandLine, message(e)));
        if (!(e instanceof BatchException)) {
            e.printStackTrace(commandLine.getErr());
        }
        return e instanceof BatchException batch ? code(batch.kind()) : 1;
    }

    private static String message(Exception e) {
        return e instanceof BatchException ? String.valueOf(e.getMessage()) : "unexpected: " + e;
    }

    private static String error(CommandLine commandLine, String message) {
        return commandLine.getColorScheme().errorText("error: " + message).toString();
    }

    private static int code(BatchException.Kind kind) {
        return switch (kind) {
            case FAILED -> 1;
            case USAGE -> 2;
            case UNREACHABLE -> 3;
            case REFUSED -> 4;
        };
    }
}
