package io.backprocess.cli;

import java.io.PrintWriter;

/** What a command that watches a job says when it is interrupted (Ctrl-C, SIGTERM): the job is another process, and mostly goes on. */
final class Farewell implements AutoCloseable {
    private final Thread hook;

    private Farewell(Thread hook) {
        this.hook = hook;
    }

    /** Until it is closed. */
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
        return "%s goes on as Flink job %s. Watch it with: status --batch-id %s --watch; stop it with: pause --batch-id %s"
                .formatted(batchId, jobId, batchId, batchId);
    }

    /** @param checkpoints where they are */
    static String inThisProcess(String batchId, String checkpoints) {
        return "%s ran in this process (--local) and has ended with it. What is committed stays. Go on, with a Flink cluster that can read %s, with: resume --batch-id %s; if nothing was committed, with the same run"
                .formatted(batchId, checkpoints, batchId);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is being said.
        }
    }
}
