package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.promote.Hook;
import io.backprocess.promote.HookRun;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for a command that is run after an alias was moved. */
public final class HookOptions {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Option(
            names = "--on-promote",
            paramLabel = "COMMAND",
            description = {
                "After the alias was moved, run this program with four arguments: the alias, its topic, the batch id, and the"
                        + " topic that it pointed to before. It must be idempotent.",
                "No shell is involved, and the environment has only PATH, HOME, USER, LANG, LC_ALL, TZ and TMPDIR."
            })
    private @Nullable String command;

    @Option(
            names = "--hook-timeout",
            paramLabel = "DURATION",
            converter = ExecutionOptions.FlinkDuration.class,
            description = "How long the program may take before it is killed (default: 1 min).")
    private @Nullable Duration timeout;

    @Option(
            names = "--retry-hook",
            description = "Run the program of the alias's last move again. The pointer says which one it was.")
    private boolean retry;

    public boolean isRetry() {
        return retry;
    }

    public boolean isGiven() {
        return command != null;
    }

    /** Returns what runs the program; null if none was given. */
    public @Nullable HookRun given(Consumer<String> output) {
        if (timeout != null && command == null && !retry) {
            throw BatchException.usage("--hook-timeout needs --on-promote COMMAND or --retry-hook");
        }
        return command == null ? null : HookRun.of(command, patience(), output);
    }

    /**
     * Returns what runs the program of the last move again.
     *
     * @param last the hook that the pointer has; null if it has none
     */
    public HookRun again(String alias, @Nullable Hook last, Consumer<String> output) {
        HookRun given = given(output);
        if (given != null) {
            return given;
        }
        if (last == null) {
            throw BatchException.usage(
                    "alias '%s' was moved without --on-promote; give --on-promote COMMAND".formatted(alias));
        }
        return HookRun.stored(last.command(), patience(), output);
    }

    private Duration patience() {
        return Objects.requireNonNullElse(timeout, PATIENCE);
    }
}
