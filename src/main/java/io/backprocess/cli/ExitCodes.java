package io.backprocess.cli;

import io.backprocess.plan.BatchException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns whatever goes wrong into one line and an exit code, in one place. */
public final class ExitCodes implements IExecutionExceptionHandler {
    private @Nullable Exception failure;

    private ExitCodes() {}

    /** The command line with its errors in words. */
    public static CommandLine commandLine(Object command) {
        return new CommandLine(command)
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

    @Override
    public int handleExecutionException(Exception e, CommandLine commandLine, ParseResult parsed) {
        failure = e;
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
