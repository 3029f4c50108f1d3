package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.cli.DlqCommand;
import io.backprocess.cli.RunCommand;
import io.backprocess.cli.StatusCommand;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SubcommandsTest {
    @Test
    void areOnlyBuiltIfTheArgumentsNameThem() {
        CommandLine commandLine = commandLine("status", "--batch-id", "b");

        assertThat(built(commandLine, "status")).isInstanceOf(StatusCommand.class);
        assertThat(built(commandLine, "run")).isNull();
    }

    @Test
    void areBuiltWhereverTheArgumentsNameThem() {
        assertThat(built(commandLine("--log-format", "json", "status"), "status"))
                .isInstanceOf(StatusCommand.class);
        assertThat(built(commandLine("help", "dlq"), "dlq")).isInstanceOf(DlqCommand.class);
    }

    @Test
    void areAllBuiltIfAFileHasTheArguments() {
        assertThat(built(commandLine("@arguments"), "run")).isInstanceOf(RunCommand.class);
    }

    @Test
    void standInTheHelpWhetherOrNotTheyAreBuilt() {
        assertThat(commandLine("--help").getUsageMessage())
                .isEqualTo(Backprocess.commandLine().getUsageMessage());
    }

    @Test
    void haveTheOptionsOfTheMainCommand() {
        assertThat(subcommand(commandLine("status"), "status").getUsageMessage())
                .isEqualTo(subcommand(Backprocess.commandLine(), "status").getUsageMessage())
                .contains("--log-format");
    }

    private static CommandLine commandLine(String... args) {
        return Backprocess.commandLine(Subcommands.namedBy(args));
    }

    private static @Nullable Object built(CommandLine commandLine, String name) {
        return subcommand(commandLine, name).getCommandSpec().userObject();
    }

    private static CommandLine subcommand(CommandLine commandLine, String name) {
        return Objects.requireNonNull(commandLine.getSubcommands().get(name));
    }
}
