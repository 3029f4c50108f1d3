package io.backprocess.revise.operator;

import io.backprocess.event.EnvelopeMapping;
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
 * The event whose request was answered last, whatever the answer was. When the requests of another event fail, this event is
 * asked about again for comparison. It is kept in the checkpoint. Subtasks without one borrow that of another subtask.
 *
 * <p>A worked failure: the job is killed when all but the last event of a partition are done, and the last one is flawed. Without
 * the event from the checkpoint, nothing distinguishes a flawed event from a service that is down, and the batch would hold for
 * ever.
 */
final class LastAnswered {
    private static final Logger LOG = LoggerFactory.getLogger(LastAnswered.class);
    /** The format byte in front of a serialized event. It exists because another version of this program may read the event. */
    private static final byte FORMAT = 1;
    /** The size limit of a serialized event. A larger event stays in this process. */
    private static final int MOST_BYTES = 64 * 1024;

    /** The other subtasks of the job. They exchange the bytes of an event, or an empty array. */
    interface Others {
        Others NONE = bytes -> new byte[0];

        /**
         * Shares an event with the other subtasks.
         *
         * @param answered the serialized event, or an empty array to share none
         * @return the event that any subtask shared last, or an empty array where none has shared one
         */
        byte[] tell(byte[] answered) throws IOException;
    }

    private final Others others;
    private final EnvelopeMapping mapping;
    private volatile @Nullable Event own;
    private volatile boolean isOfThisProcess;

    /** @param mapping where records keep the parts of an envelope */
    LastAnswered(Others others, EnvelopeMapping mapping) {
        this.others = others;
        this.mapping = mapping;
    }

    void restore(byte[] snapshot) {
        own = read(snapshot);
    }

    /** Returns the serialized event for the checkpoint; an empty array where no event is kept. */
    byte[] snapshot() {
        Event event = own;
        return event == null ? new byte[0] : write(event);
    }

    /** Keeps an answered event, and tells whether it is the first of this process. */
    boolean add(Event event) {
        own = event;
        boolean isFirst = !isOfThisProcess;
        isOfThisProcess = true;
        return isFirst;
    }

    /** Returns the last answered event; null where no subtask has got an answer so far. It may wait for the JobManager. */
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

    /** Shares the event with the other subtasks. It may wait for the JobManager. */
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
            LOG.debug("cannot exchange the last answered event with the JobManager", e);
            return new byte[0];
        }
    }

    private byte[] write(Event event) {
        DataOutputSerializer out = new DataOutputSerializer(1024);
        try {
            out.writeByte(FORMAT);
            serializer().serialize(event, out);
        } catch (IOException e) {
            throw new IllegalStateException("cannot write an event to memory", e);
        }
        return out.length() > MOST_BYTES ? new byte[0] : out.getCopyOfBuffer();
    }

    private @Nullable Event read(byte[] bytes) {
        if (bytes.length == 0 || bytes[0] != FORMAT) {
            return null;
        }
        try {
            return serializer().deserialize(new DataInputDeserializer(bytes, 1, bytes.length - 1))
                            instanceof Event event
                    ? event
                    : null;
        } catch (IOException | RuntimeException e) {
            LOG.debug("cannot read an event that was answered before", e);
            return null;
        }
    }

    /** Returns a new serializer, since a serializer is not safe for two threads. */
    private TypeSerializer<Outcome> serializer() {
        return TravelType.of(Outcome.class, mapping).createSerializer(new SerializerConfigImpl());
    }
}
