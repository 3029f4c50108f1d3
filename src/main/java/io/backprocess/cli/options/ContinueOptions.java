package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for a proof that goes on from the last one. */
public final class ContinueOptions {
    @Option(
            names = "--continue",
            description = {
                "Go on from the last proof that was made with --continue, and keep this one: only what is new is proven, and"
                        + " partitions that a redrive or a repair has changed.",
                "Without --on-cluster the proof is kept in a directory, with 16 bytes for each eventId."
            })
    private boolean goOn;

    @Option(
            names = "--proof-dir",
            paramLabel = "DIR",
            description = "With --continue: directory for the proof (default: $XDG_STATE_HOME/backprocess, or"
                    + " ~/.local/state/backprocess).")
    private @Nullable Path directory;

    public boolean isGiven() {
        return goOn;
    }

    /** @throws BatchException usage, if an option does not fit the others */
    public void check(boolean onCluster) {
        if (directory != null && !goOn) {
            throw BatchException.usage("--proof-dir needs --continue; add --continue");
        }
        if (directory != null && onCluster) {
            throw BatchException.usage(
                    "--proof-dir cannot be used with --on-cluster, which keeps the proof in a savepoint; use --savepoint-dir");
        }
    }

    /** Returns the directory for the proofs of all batches. */
    public Path directory() {
        return directory == null ? standardDirectory() : directory;
    }

    private static Path standardDirectory() {
        String state = Objects.requireNonNullElse(System.getenv("XDG_STATE_HOME"), "");
        Path parent = state.isEmpty() ? Path.of(System.getProperty("user.home"), ".local", "state") : Path.of(state);
        return parent.resolve("backprocess");
    }
}
