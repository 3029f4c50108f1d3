package io.backprocess.tools.stack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The directories with the jars of Kafka and Flink. */
record Libraries(Path kafka, Path flink) {
    /** Finds both. Maven fetches those that are not there yet, both at once, because most of that time is its start. */
    static Libraries find(Project project) throws IOException, InterruptedException {
        Process kafka = start(project, "kafka");
        Process flink = start(project, "flink");
        try {
            return new Libraries(answer(kafka), answer(flink));
        } finally {
            kafka.destroy();
            flink.destroy();
        }
    }

    /** Starts the shell function by which all scripts find the jars. */
    private static Process start(Project project, String name) throws IOException {
        return new ProcessBuilder(
                        "bash",
                        "-c",
                        "set -euo pipefail; . \"$1\"; lib_dir \"$2\"",
                        "stack",
                        project.script("stack.d/common.sh").toString(),
                        name)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static Path answer(Process process) throws IOException, InterruptedException {
        String directory = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            // The script has said why.
            throw new Failure("");
        }
        return Path.of(directory);
    }

    Path flinkPlugins() {
        return flink.endsWith("lib") ? flink.resolveSibling("plugins") : flink.resolve("plugins");
    }
}
