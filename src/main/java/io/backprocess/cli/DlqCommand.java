package io.backprocess.cli;

import picocli.CommandLine.Command;

/** Looks at dead letters. */
@Command(
        name = "dlq",
        description = "Look at a batch's dead letters: how many of which kind, which ones, and one of them in full.",
        mixinStandardHelpOptions = true,
        subcommands = {DlqStatsCommand.class, DlqListCommand.class, DlqShowCommand.class},
        synopsisSubcommandLabel = "COMMAND")
public final class DlqCommand {}
