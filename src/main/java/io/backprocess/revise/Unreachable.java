package io.backprocess.revise;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** A connection that is refused, cut off or too slow, as HTTP clients say it: a failure that may pass, whether a revision says so or not. */
public final class Unreachable {
    private Unreachable() {}

    public static boolean is(@Nullable Throwable failure) {
        return failure instanceof IOException || failure instanceof UncheckedIOException;
    }

    public static TransientException inWords(Throwable failure) {
        return new TransientException("the service cannot be reached: " + failure, failure);
    }
}
