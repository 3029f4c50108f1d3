package io.backprocess.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.promote.AliasTarget;
import io.backprocess.promote.Aliases;
import io.backprocess.promote.Hook;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Shell.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Commands that are run after an alias was moved. */
@SuppressWarnings("NullAway.Init")
class PromoteHookITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final Shell SHELL = new Shell(KAFKA);
    private static String topic = "";
    private static String first = "";
    private static String second = "";

    @TempDir
    Path directory;

    private final String alias = KAFKA.unique("orders.current");

    @BeforeAll
    static void twoBatches() {
        topic = SHELL.sample(200);
        first = KAFKA.unique("batch");
        second = KAFKA.unique("batch");
        SHELL.run(topic, first).succeeds();
        SHELL.run(topic, second).succeeds();
    }

    @Test
    void runsAfterTheMoveWithFourArgumentsAndNoSecrets() throws IOException {
        Path calls = directory.resolve("calls");
        Path program = program("for each in \"$@\"; do echo \"[$each]\"; done >> %s; env >> %s"
                .formatted(calls, directory.resolve("env")));

        String dry =
                promote(first, "--on-promote", program.toString()).succeeds().out();
        assertThat(calls).doesNotExist();
        JsonNode moved = promote(first, "--on-promote", program.toString(), "--execute", "--output", "json")
                .succeeds()
                .json();
        promote(second, "--on-promote", program.toString(), "--execute").succeeds();
        rollBack("--on-promote", program.toString()).succeeds();

        assertThat(dry).contains("hook   " + program + ", pending", "nothing is written; to do it, add --execute");
        assertThat(moved.at("/then/hook/state").asText()).isEqualTo("done");
        String one = topic + "." + first;
        String two = topic + "." + second;
        assertThat(Files.readAllLines(calls))
                .containsExactly(
                        "[" + alias + "]",
                        "[" + one + "]",
                        "[" + first + "]",
                        "[]",
                        "[" + alias + "]",
                        "[" + two + "]",
                        "[" + second + "]",
                        "[" + one + "]",
                        "[" + alias + "]",
                        "[" + one + "]",
                        "[" + first + "]",
                        "[" + two + "]");
        assertThat(Files.readAllLines(directory.resolve("env")))
                .extracting(line -> line.replaceFirst("=.*", ""))
                .isSubsetOf("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "PWD", "OLDPWD", "SHLVL", "_");
        assertThat(hook().state()).isEqualTo(Hook.State.DONE);
    }

    @Test
    void keepsThatItHasFailedAndRunsItAgain() throws IOException {
        Path cause = Files.createFile(directory.resolve("cause"));
        Path program = program("echo to the log; test ! -e " + cause);

        Answer failed = promote(first, "--on-promote", program.toString(), "--execute");

        failed.says(
                1,
                "alias '%s' is moved, but %s has failed: it ended with exit code 1; remove the cause, then: promote --alias %s --retry-hook --execute"
                        .formatted(alias, program, alias));
        assertThat(failed.err()).contains("to the log");
        assertThat(failed.out()).contains("failed: it ended with exit code 1", "moved");
        assertThat(hook().state()).isEqualTo(Hook.State.FAILED);
        retry("--execute").says(1, "it ended with exit code 1");
        Files.delete(cause);
        assertThat(retry().succeeds().out()).contains("failed", "nothing is written");
        retry("--execute").succeeds();
        assertThat(hook().state()).isEqualTo(Hook.State.DONE);
        assertThat(requireNonNull(target()).batchId()).isEqualTo(first);
    }

    @Test
    void runsWhenTheMoveThatShouldHaveRunItWasKilled() throws IOException {
        Path calls = directory.resolve("calls");
        Path program = program("echo $4 >> " + calls);
        promote(first, "--execute").succeeds();
        AliasTarget now = requireNonNull(target());
        move(now, now.with(new Hook(program.toString(), Hook.State.PENDING, "before", Instant.EPOCH, null)));

        promote(first, "--execute").succeeds();
        assertThat(calls).doesNotExist();
        retry("--execute").succeeds();
        promote(first, "--execute", "--on-promote", program.toString()).succeeds();

        assertThat(Files.readAllLines(calls)).containsExactly("before");
        assertThat(hook().state()).isEqualTo(Hook.State.DONE);
    }

    @Test
    void killsWhatTakesTooLong() throws IOException {
        Path program = program("sleep 60");

        promote(first, "--on-promote", program.toString(), "--hook-timeout", "1s", "--execute")
                .says(1, "it did not end within 1 s");

        assertThat(ProcessHandle.allProcesses()
                        .map(process -> process.info().commandLine().orElse("")))
                .noneMatch(line -> line.contains(program.toString()));
    }

    @Test
    void runsNoProgramOfAPointerThatOthersCanWrite() throws IOException {
        Path program = program("true");
        promote(first, "--on-promote", program.toString(), "--execute").succeeds();
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxrwxrwx"));

        retry("--execute").says(4, "the pointer names " + program + ", which other users can write, so it is not run");

        retry("--execute", "--on-promote", program.toString()).succeeds();
    }

    @Test
    void refusesWhatCannotBeRun() {
        promote(first, "--on-promote", "/no/such/program -x", "--execute").says(2, "is not an executable file");
        promote(first, "--hook-timeout", "5s").says(2, "--hook-timeout needs --on-promote");
        promote(first, "--retry-hook").says(2, "--retry-hook needs --alias NAME");
        assertThat(target()).isNull();
        promote(first, "--execute").succeeds();
        retry("--execute").says(2, "was moved without --on-promote");
    }

    private Path program(String line) throws IOException {
        Path program = Files.writeString(directory.resolve("hook"), "#!/bin/sh\n" + line + "\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Hook hook() {
        return requireNonNull(requireNonNull(target()).hook());
    }

    private @Nullable AliasTarget target() {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            return new Aliases(admin).find(alias);
        }
    }

    private static void move(AliasTarget from, AliasTarget to) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            new Aliases(admin).move(List.of(new Aliases.Move(from, to)));
        }
    }

    private Answer promote(String batchId, String... further) {
        return on("--batch-id " + batchId, further);
    }

    private Answer retry(String... further) {
        return on("--retry-hook", further);
    }

    private Answer rollBack(String... further) {
        return on("--rollback --execute", further);
    }

    private Answer on(String action, String... further) {
        List<String> args = new ArrayList<>(List.of(("promote --alias " + alias + " " + action).split(" ")));
        args.addAll(List.of(further));
        return SHELL.backprocess(args.toArray(String[]::new));
    }
}
