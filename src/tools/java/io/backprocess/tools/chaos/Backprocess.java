package io.backprocess.tools.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.backprocess.tools.stack.Project;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The command line that is tested, {@code scripts/backprocess}. Its output goes to the log, too. */
final class Backprocess {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int TIMEOUT_SECONDS = 300;
    private static final int TIMED_OUT = 124;

    private final Project project;
    private final Map<String, String> environment;
    private final Path log;

    Backprocess(Project project, Map<String, String> environment, Path log) {
        this.project = project;
        this.environment = environment;
        this.log = log;
    }

    /** The end of a command: its exit code and its output. */
    record Answer(int code, String said) {
        boolean succeeded() {
            return code == 0;
        }

        String firstLine() {
            return said.lines().findFirst().orElse("");
        }
    }

    Project project() {
        return project;
    }

    /** Runs a command to its end. */
    Answer run(List<String> arguments) throws IOException, InterruptedException {
        return start(arguments).end();
    }

    Answer run(String... arguments) throws IOException, InterruptedException {
        return run(List.of(arguments));
    }

    /** Starts a command, which then runs beside the others. */
    Running start(List<String> arguments) throws IOException {
        Path said = Files.createTempFile(log.getParent(), "chaos-", ".said");
        Process process = command(arguments)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        return new Running(process, said);
    }

    /** Runs a command with {@code --output json}. Returns a missing node if the command fails. */
    JsonNode json(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--output", "json"));
        Path answer = Files.createTempFile(log.getParent(), "chaos-", ".json");
        try {
            Process process = command(all)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .redirectOutput(answer.toFile())
                    .start();
            if (exitCode(process) != 0) {
                return MissingNode.getInstance();
            }
            return JSON.readTree(answer.toFile());
        } finally {
            Files.delete(answer);
        }
    }

    private ProcessBuilder command(List<String> arguments) {
        List<String> command =
                new ArrayList<>(List.of(project.script("backprocess").toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return builder;
    }

    private static int exitCode(Process process) throws InterruptedException {
        try {
            return process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS) ? process.exitValue() : TIMED_OUT;
        } finally {
            process.destroyForcibly();
        }
    }

    /** A command that runs. */
    final class Running {
        private final Process process;
        private final Path said;

        private Running(Process process, Path said) {
            this.process = process;
            this.said = said;
        }

        boolean runs() {
            return process.isAlive();
        }

        void kill() {
            process.destroyForcibly();
        }

        /** Waits for the end. */
        Answer end() throws IOException, InterruptedException {
            try {
                int code = exitCode(process);
                byte[] bytes = Files.readAllBytes(said);
                Files.write(log, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                return new Answer(code, new String(bytes, StandardCharsets.UTF_8));
            } finally {
                Files.deleteIfExists(said);
            }
        }
    }
}
