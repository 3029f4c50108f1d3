package io.backprocess.revise;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Recognises the exceptions that HTTP clients throw when a connection is refused, cut off or too slow. Such a failure may pass,
 * whether or not the revision says so.
 */
public final class Unreachable {
    private Unreachable() {}

    public static boolean is(@Nullable Throwable failure) {
        return failure instanceof IOException || failure instanceof UncheckedIOException;
    }

    public static TransientException inWords(Throwable failure) {
        return new TransientException("the service cannot be reached: " + failure, failure);
    }
}
