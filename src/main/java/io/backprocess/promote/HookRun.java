package io.backprocess.promote;

import io.backprocess.batch.BatchException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the command of a {@link Hook}. It gets four arguments: the alias, the topic that it points to now, that batch's id, and the
 * topic that it pointed to before, which is empty if there was none. No shell is involved, the command's input is empty, and its
 * environment has only the variables named in {@link #PASSED_ON}.
 */
public final class HookRun {
    /** The environment variables that the command gets. */
    static final Set<String> PASSED_ON = Set.of("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR");

    private static final int MOST_LINES = 100;
    private static final int LONGEST_LINE = 1000;

    private final Path program;
    private final Duration timeout;
    private final Consumer<String> output;

    private HookRun(Path program, Duration timeout, Consumer<String> output) {
        this.program = program;
        this.timeout = timeout;
        this.output = output;
    }

    /**
     * Prepares a command that the user has given.
     *
     * @param output receives what the command prints, line by line, 100 lines at most
     * @throws BatchException usage, if it is not a program that can be run
     */
    public static HookRun of(String command, Duration timeout, Consumer<String> output) {
        Path program = Path.of(command).toAbsolutePath().normalize();
        if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
            throw BatchException.usage(
                    "--on-promote '%s' is not an executable file; give the path of a program without arguments"
                            .formatted(command));
        }
        return new HookRun(program, timeout, output);
    }

    /**
     * Prepares a command that a pointer names. Other users may be allowed to write pointers, so the program has to be one that only
     * this user or the superuser can have written.
     *
     * @throws BatchException refused, if others could have written it; usage, if it cannot be run
     */
    public static HookRun stored(String command, Duration timeout, Consumer<String> output) {
        HookRun run = of(command, timeout, output);
        try {
            String owner = Files.getOwner(run.program).getName();
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(run.program);
            boolean isOwn = owner.equals(System.getProperty("user.name")) || owner.equals("root");
            if (!isOwn
                    || permissions.contains(PosixFilePermission.GROUP_WRITE)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw BatchException.refused(
                        "the pointer names %s, which other users can write, so it is not run; if it is the right one, add: --on-promote %s"
                                .formatted(run.program, run.program));
            }
        } catch (IOException | UnsupportedOperationException e) {
            throw BatchException.refused(
                    "the pointer names %s, and its owner cannot be found; if it is the right one, add: --on-promote %s"
                            .formatted(run.program, run.program));
        }
        return run;
    }

    /** Returns the absolute path of the program. */
    public String command() {
        return program.toString();
    }

    /**
     * Returns the hook before the command is run.
     *
     * @param previousTopic the topic that the alias pointed to before the move; null if there was none
     */
    public Hook pending(@Nullable String previousTopic) {
        return new Hook(command(), Hook.State.PENDING, previousTopic, now(), null);
    }

    /**
     * Runs the command, waits for its end and returns what became of it.
     *
     * @param now the target of the alias; null if it has none any more
     * @param hook the hook before the command is run
     */
    public Hook run(String alias, @Nullable AliasTarget now, Hook hook) {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                command(),
                alias,
                now == null ? "" : now.resultTopic(),
                now == null ? "" : now.batchId(),
                hook.previousTopic() == null ? "" : hook.previousTopic()));
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(PASSED_ON);
        builder.redirectErrorStream(true);
        try {
            Process process = builder.start();
            try {
                process.getOutputStream().close();
                Thread reader = new Thread(() -> read(process), "output of " + program.getFileName());
                reader.setDaemon(true);
                reader.start();
                boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
                if (!ended) {
                    return failed(hook, "it did not end within %d s".formatted(timeout.toSeconds()));
                }
                // A child that it has left behind may keep the output open.
                reader.join(1000);
                int code = process.exitValue();
                return code == 0
                        ? hook.with(Hook.State.DONE, now(), null)
                        : failed(hook, "it ended with exit code " + code);
            } finally {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return failed(hook, "it could not be started");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(hook, "it was interrupted");
        }
    }

    private static Hook failed(Hook hook, String outcome) {
        return hook.with(Hook.State.FAILED, now(), outcome);
    }

    /** Reads on after the last line that is shown, so that the command does not wait for a reader. */
    private void read(Process process) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            StringBuilder line = new StringBuilder();
            int lines = 0;
            for (int next = reader.read(); next >= 0; next = reader.read()) {
                if (next == '\n') {
                    if (lines++ < MOST_LINES) {
                        output.accept(line.toString());
                    }
                    line.setLength(0);
                } else if (line.length() < LONGEST_LINE) {
                    line.append((char) next);
                }
            }
            if (!line.isEmpty() && lines < MOST_LINES) {
                output.accept(line.toString());
            }
        } catch (IOException e) {
            output.accept("its output cannot be read: " + e.getMessage());
        }
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
