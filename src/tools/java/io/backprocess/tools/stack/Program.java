package io.backprocess.tools.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A program's way from its beginning to its exit code. */
public final class Program {
    private static final int INTERRUPTED = 130;
    private static final int SECONDS_TO_CLEAN_UP = 120;

    private Program() {}

    /** The work of a program, which returns the exit code. */
    @FunctionalInterface
    public interface Body {
        int run() throws IOException, InterruptedException;
    }

    /**
     * Runs the body, says why it failed, and exits. A signal interrupts the body, and the program ends when the body has: so its
     * {@code finally} blocks clean up after a signal as they do after a failure.
     */
    public static void run(String name, Body body) {
        Thread main = Thread.currentThread();
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (ended.getCount() > 0) {
                main.interrupt();
                await(ended);
            }
        }));
        int code;
        try {
            code = body.run();
        } catch (Failure e) {
            if (!e.getMessage().isEmpty()) {
                System.err.println(name + ": " + e.getMessage());
            }
            code = e.exitCode();
        } catch (InterruptedException e) {
            code = INTERRUPTED;
        } catch (IOException | UncheckedIOException e) {
            code = Thread.interrupted() ? INTERRUPTED : 1;
            if (code == 1) {
                System.err.println(name + ": " + e);
            }
        } finally {
            ended.countDown();
        }
        System.out.flush();
        System.exit(code);
    }

    private static void await(CountDownLatch ended) {
        try {
            if (!ended.await(SECONDS_TO_CLEAN_UP, TimeUnit.SECONDS)) {
                System.err.println("not everything could be cleaned up");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
