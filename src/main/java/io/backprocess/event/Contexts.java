package io.backprocess.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The known contexts of each subject, at any time. Several threads may query it at once. */
public interface Contexts extends AutoCloseable {
    /** The state of a subject at one time. */
    final class Context {
        private final Origin source;
        private final byte @Nullable [] value;

        /**
         * @param source the record that holds this state
         * @param value the state's bytes; null where the subject was deleted
         */
        public Context(Origin source, byte @Nullable [] value) {
            this.source = source;
            this.value = value;
        }

        public Origin source() {
            return source;
        }

        public byte @Nullable [] value() {
            return value;
        }
    }

    /** Returns the subject's last context at or before the time; null where none is that old. */
    @Nullable
    Context asOf(byte[] subject, Instant time);

    @Override
    void close();
}
