package io.backprocess.cli;

import java.io.PrintWriter;

/**
 * The message of a command that watches a job and is interrupted (Ctrl-C, SIGTERM). The job usually runs in another process and
 * goes on.
 */
final class Farewell implements AutoCloseable {
    private final Thread hook;

    private Farewell(Thread hook) {
        this.hook = hook;
    }

    /** Prints the message if the process is interrupted before this is closed. */
    static Farewell of(String words, PrintWriter err) {
        Thread hook = new Thread(
                () -> {
                    err.println();
                    err.println(words);
                    err.flush();
                },
                "farewell");
        Runtime.getRuntime().addShutdownHook(hook);
        return new Farewell(hook);
    }

    static String onACluster(String batchId, String jobId) {
        return "%s goes on as Flink job %s; watch it with: status --batch-id %s --watch; stop it with: pause --batch-id %s"
                .formatted(batchId, jobId, batchId, batchId);
    }

    /** @param checkpoints the directory of the checkpoints */
    static String inThisProcess(String batchId, String checkpoints) {
        return ("%s ran in this process (--local) and has ended with it. Committed records stay. Go on in a"
                        + " Flink cluster that can read %s, with: resume --batch-id %s; if nothing was committed,"
                        + " repeat the same run")
                .formatted(batchId, checkpoints, batchId);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending, so the message is already being printed.
        }
    }
}
