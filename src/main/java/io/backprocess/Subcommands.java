package io.backprocess;

import io.backprocess.cli.AbandonCommand;
import io.backprocess.cli.BatchesCommand;
import io.backprocess.cli.DlqCommand;
import io.backprocess.cli.PauseCommand;
import io.backprocess.cli.PeekCommand;
import io.backprocess.cli.PlanCommand;
import io.backprocess.cli.PreviewCommand;
import io.backprocess.cli.PromoteCommand;
import io.backprocess.cli.RedriveCommand;
import io.backprocess.cli.ReportCommand;
import io.backprocess.cli.ResumeCommand;
import io.backprocess.cli.RetireCommand;
import io.backprocess.cli.RunCommand;
import io.backprocess.cli.SampleCommand;
import io.backprocess.cli.StatusCommand;
import io.backprocess.cli.VerifyCommand;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The subcommands of the command line. Building one reads its options and loads the classes that it works with, Flink's among
 * them. So a process builds only those that its arguments name. The help shows the names and descriptions of the others.
 */
final class Subcommands {
    private static final List<Class<?>> TYPES = List.of(
            PreviewCommand.class,
            PlanCommand.class,
            RunCommand.class,
            StatusCommand.class,
            BatchesCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            AbandonCommand.class,
            VerifyCommand.class,
            DlqCommand.class,
            RedriveCommand.class,
            PromoteCommand.class,
            RetireCommand.class,
            ReportCommand.class,
            PeekCommand.class,
            SampleCommand.class);

    private final Predicate<String> built;

    private Subcommands(Predicate<String> built) {
        this.built = built;
    }

    /** Builds every subcommand. */
    static Subcommands all() {
        return new Subcommands(name -> true);
    }

    /** Builds the subcommands that the arguments name. A file of arguments may name any. */
    static Subcommands namedBy(String[] args) {
        Set<String> words = Set.copyOf(List.of(args));
        return words.stream().anyMatch(word -> word.startsWith("@")) ? all() : new Subcommands(words::contains);
    }

    /** Adds the subcommands to the main command, in the order of the help, and returns it. */
    CommandSpec addTo(CommandSpec main) {
        Stream.concat(TYPES.stream(), Stream.of(CommandLine.HelpCommand.class)).forEach(type -> {
            Command command = type.getAnnotation(Command.class);
            main.addSubcommand(
                    command.name(), built.test(command.name()) ? CommandSpec.forAnnotatedObject(type) : title(command));
        });
        return main;
    }

    private static CommandSpec title(Command command) {
        CommandSpec title = CommandSpec.create();
        title.usageMessage().header(command.header()).description(command.description());
        return title;
    }
}
