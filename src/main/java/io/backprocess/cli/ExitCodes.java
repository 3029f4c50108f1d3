package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.LogContext;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.flink.Submission;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.DamagedLedgerException;
import io.backprocess.plan.Rights;
import io.backprocess.render.Printable;
import io.backprocess.verify.Verdict;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** Turns each error of a command into one line and an exit code. */
public final class ExitCodes implements IExecutionExceptionHandler {
    private @Nullable Exception failure;

    private ExitCodes() {}

    /** Returns the command line with this error handling. */
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
     * Runs the command and ends the process. A command inside Flink's client must not end it. There a failure is thrown, and
     * the client reports it.
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

    /** Runs the command. The log gets the start and the end of the command, and every line in between carries the batch id. */
    private static int execute(ParseResult parsed) {
        CommandLine command = command(parsed);
        if (command.isUsageHelpRequested() || command.isVersionHelpRequested()) {
            return new RunLast().execute(parsed);
        }
        String name = command.getCommandSpec().qualifiedName();
        try (MDC.MDCCloseable batch = LogContext.batch(batchId(command))) {
            log().info("{} begins.", name);
            int code = new RunLast().execute(parsed);
            log().info("{} ended with exit code {}.", name, code);
            return code;
        }
    }

    /** Opens the log. It is no constant, because a help text needs no log. */
    private static Logger log() {
        return LoggerFactory.getLogger(ExitCodes.class);
    }

    private static CommandLine command(ParseResult parsed) {
        List<CommandLine> commands = parsed.asCommandLineList();
        return commands.get(commands.size() - 1);
    }

    /** Returns the batch id of the command, or an empty text if it has none or several. */
    private static String batchId(CommandLine command) {
        Object given = command.getParseResult().<Object>matchedOptionValue("--batch-id", "");
        return given instanceof String id ? id : "";
    }

    @Override
    public int handleExecutionException(Exception thrown, CommandLine commandLine, ParseResult parsed) {
        Exception e = kafka(commandLine)
                .<Exception>flatMap(kafka -> Rights.refusal(thrown, kafka))
                .orElse(thrown);
        failure = e;
        try (MDC.MDCCloseable batch = LogContext.batch(batchId(commandLine))) {
            log().error(
                            "{} failed: {}",
                            commandLine.getCommandSpec().qualifiedName(),
                            message(e),
                            isKnown(e) ? null : e);
        }
        commandLine.getErr().println(error(commandLine, message(e)));
        if (!isKnown(e)) {
            e.printStackTrace(commandLine.getErr());
        }
        return e instanceof BatchException batch
                ? code(batch.kind())
                : e instanceof DamagedLedgerException ? code(BatchException.Kind.REFUSED) : 1;
    }

    /** Returns the command's way to Kafka, to explain what Kafka refused; empty if the command has none. */
    private static Optional<KafkaClients> kafka(CommandLine commandLine) {
        return mixins(commandLine.getCommandSpec())
                .map(CommandLine.Model.CommandSpec::userObject)
                .filter(ConnectionOptions.class::isInstance)
                .map(ConnectionOptions.class::cast)
                .findFirst()
                .flatMap(ExitCodes::kafka);
    }

    private static Optional<KafkaClients> kafka(ConnectionOptions connection) {
        try {
            return Optional.of(connection.kafka());
        } catch (BatchException e) {
            return Optional.empty();
        }
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

    /** Formats an error. The message is escaped because it may quote text from Kafka. */
    private static String error(CommandLine commandLine, String message) {
        return commandLine
                .getColorScheme()
                .errorText("error: " + Printable.lines(message))
                .toString();
    }

    /** Returns the exit code of a recount. As in the verdict, wrong takes precedence over cannot tell. */
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
