package io.backprocess.cli;

import picocli.CommandLine.Command;

/** Shows dead letters. */
@Command(
        name = "dlq",
        description = "Show a batch's dead letters: their counts by kind, a list of them, or one of them in full.",
        mixinStandardHelpOptions = true,
        subcommands = {DlqStatsCommand.class, DlqListCommand.class, DlqShowCommand.class},
        synopsisSubcommandLabel = "COMMAND")
public final class DlqCommand {}
