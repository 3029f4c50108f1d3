package io.backprocess.revise.operator;

import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.TravelType;
import java.io.IOException;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event about which the last question was answered, whatever the answer was: what an event is compared with whose questions
 * fail. It is kept in the checkpoint, and subtasks that have none borrow that of another one.
 *
 * <p>A worked failure: the job is killed when all but the last event of a partition are done, and the last one is flawed.
 * Without the checkpoint's nobody could tell that from a service that is down, and the batch would hold for ever.
 */
final class LastAnswered {
    private static final Logger LOG = LoggerFactory.getLogger(LastAnswered.class);
    /** How an event is written: in front of it, since another version of this program may read it. */
    private static final byte FORMAT = 1;
    /** A larger one stays in this process. */
    private static final int MOST_BYTES = 64 * 1024;

    /** The other subtasks of the job; they get and give the bytes of an event, or nothing. */
    interface Others {
        Others NONE = bytes -> new byte[0];

        /** What was told last by anyone, or empty. */
        byte[] tell(byte[] answered) throws IOException;
    }

    private final Others others;
    private volatile @Nullable Event own;
    private volatile boolean isOfThisProcess;

    LastAnswered(Others others) {
        this.others = others;
    }

    void restore(byte[] snapshot) {
        own = read(snapshot);
    }

    /** Empty where there is nothing to keep. */
    byte[] snapshot() {
        Event event = own;
        return event == null ? new byte[0] : write(event);
    }

    /** Whether it is the first of this process. */
    boolean add(Event event) {
        own = event;
        boolean isFirst = !isOfThisProcess;
        isOfThisProcess = true;
        return isFirst;
    }

    /** Null where no subtask has got an answer so far. May wait for the JobManager. */
    @Nullable
    Event find() {
        Event event = own;
        if (event == null) {
            event = read(exchange(new byte[0]));
            if (own == null) {
                own = event;
            }
        }
        return event;
    }

    /** Lets the others know. May wait for the JobManager. */
    void lend() {
        byte[] bytes = snapshot();
        if (bytes.length > 0) {
            exchange(bytes);
        }
    }

    private byte[] exchange(byte[] told) {
        try {
            return others.tell(told);
        } catch (IOException | RuntimeException e) {
            LOG.debug("the JobManager keeps no event that was answered", e);
            return new byte[0];
        }
    }

    private static byte[] write(Event event) {
        DataOutputSerializer out = new DataOutputSerializer(1024);
        try {
            out.writeByte(FORMAT);
            serializer().serialize(event, out);
        } catch (IOException e) {
            throw new IllegalStateException("cannot write an event to memory", e);
        }
        return out.length() > MOST_BYTES ? new byte[0] : out.getCopyOfBuffer();
    }

    private static @Nullable Event read(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != FORMAT) {
            return null;
        }
        try {
            return serializer().deserialize(new DataInputDeserializer(bytes, 1, bytes.length - 1))
                            instanceof Event event
                    ? event
                    : null;
        } catch (IOException | RuntimeException e) {
            LOG.debug("an event that was answered before cannot be read", e);
            return null;
        }
    }

    /** Not made for two threads. */
    private static TypeSerializer<Outcome> serializer() {
        return TravelType.of(Outcome.class).createSerializer(new SerializerConfigImpl());
    }
}
