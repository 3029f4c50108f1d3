package io.backprocess.event;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What was known of each subject, at any time. Several threads may ask. */
public interface Contexts extends AutoCloseable {
    /** One state of a subject. */
    final class Context {
        private final Origin source;
        private final byte @Nullable [] value;

        /**
         * @param source the record that says it
         * @param value null where the subject was deleted
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

    /** The subject's last context at or before the time; null where none is that old. */
    @Nullable
    Context asOf(byte[] subject, Instant time);

    @Override
    void close();
}
