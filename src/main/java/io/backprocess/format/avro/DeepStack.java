package io.backprocess.format.avro;

import io.backprocess.format.UnfitException;
import org.jspecify.annotations.Nullable;

/**
 * Works on deeply nested values, on a thread with a stack of its own. Types call each other for each level, and the stack of a
 * caller's thread might hold 1000 levels at one time and not at another, depending on what the JVM has compiled.
 */
final class DeepStack {
    /** The levels that every thread's stack holds. */
    static final int SHALLOW = 200;

    private static final long BYTES = 16 << 20;

    private DeepStack() {}

    /** A step that reads or writes a value. */
    interface Work {
        byte[] run(int maxDepth) throws UnfitException;
    }

    /** The value is nested deeper than it was allowed to be. */
    static final class NeededException extends RuntimeException {
        private static final long serialVersionUID = 1;

        NeededException() {
            super(null, null, false, false);
        }
    }

    /** Does the work on the caller's thread, and does it again on another one if the value is nested deeply. */
    static byte[] run(int maxDepth, Work work) throws UnfitException {
        try {
            return work.run(SHALLOW);
        } catch (NeededException e) {
            return runDeep(maxDepth, work);
        }
    }

    private static byte[] runDeep(int maxDepth, Work work) throws UnfitException {
        Outcome outcome = new Outcome();
        Thread thread = new Thread(null, () -> outcome.take(maxDepth, work), "deep-value", BYTES);
        thread.setDaemon(true);
        thread.start();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                // The work ends soon, since the value's size limits it.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return outcome.get();
    }

    /** The result of the work, or what it threw. */
    private static final class Outcome {
        private byte[] result = {};
        private @Nullable UnfitException unfit;
        private @Nullable Throwable failure;

        void take(int maxDepth, Work work) {
            try {
                result = work.run(maxDepth);
            } catch (UnfitException e) {
                unfit = e;
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }

        byte[] get() throws UnfitException {
            if (unfit != null) {
                throw unfit;
            }
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
            return result;
        }
    }
}
