package io.backprocess.event;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.util.StringUtils;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Serializes every value that travels between steps. Within a chain nothing is serialized at all. This serializer serves the
 * shuffle of the global dedupe scope and jobs that run with chaining off. State does not depend on it, with one exception that
 * tolerates a change: {@code revise/answered} starts with a format byte, and is ignored where it cannot be read.
 *
 * @param <T> the declared type of the stream; one of the types below
 */
final class TravelSerializer<T> extends TypeSerializer<T> {
    private static final long serialVersionUID = 1;

    private enum Tag {
        RECORD,
        EVENT,
        SKIPPED,
        DUPLICATE,
        DEAD_LETTER,
        TAKEN,
        PROGRESS,
        RESULT,
        LEDGER_ENTRY,
        OUTSIDE,
        SCANNED_EVENT;

        static final Tag[] ALL = values();
    }

    private final EnvelopeMapping mapping;
    private transient @Nullable EventReader reader;

    /** @param mapping how events are read back */
    TravelSerializer(EnvelopeMapping mapping) {
        this.mapping = mapping;
    }

    /** Returns a new serializer, because its reader must not be shared between threads. */
    @Override
    public TypeSerializer<T> duplicate() {
        return new TravelSerializer<>(mapping);
    }

    @Override
    public void serialize(T value, DataOutputView out) throws IOException {
        if (value instanceof SourceRecord record) {
            tag(Tag.RECORD, out);
            write(record, out);
        } else if (value instanceof Event event) {
            // Between subtasks the positions save a second walk over the JSON. A value of another format is decoded
            // again.
            boolean scanned = event.base() == null;
            tag(scanned ? Tag.SCANNED_EVENT : Tag.EVENT, out);
            write(event, out);
            if (scanned) {
                event.writePositions(out);
            }
        } else if (value instanceof Skipped skipped) {
            tag(Tag.SKIPPED, out);
            out.writeInt(skipped.partition());
            StringUtils.writeString(skipped.kind(), out);
        } else if (value instanceof Outside outside) {
            tag(Tag.OUTSIDE, out);
            out.writeInt(outside.partition());
        } else if (value instanceof Duplicate duplicate) {
            tag(Tag.DUPLICATE, out);
            out.writeInt(duplicate.partition());
        } else if (value instanceof DeadLetter letter) {
            tag(Tag.DEAD_LETTER, out);
            write(letter, out);
        } else if (value instanceof Taken taken) {
            tag(Tag.TAKEN, out);
            write(taken.event(), out);
            out.writeInt(taken.results().size());
            for (Result result : taken.results()) {
                writeOutput(result, out);
            }
        } else if (value instanceof Progress progress) {
            tag(Tag.PROGRESS, out);
            out.writeInt(progress.partition());
            out.writeLong(progress.from());
            out.writeLong(progress.next());
            out.writeLong(progress.read());
            out.writeLong(progress.keyless());
        } else if (value instanceof Result result) {
            tag(Tag.RESULT, out);
            write(result.source(), out);
            writeOutput(result, out);
        } else if (value instanceof LedgerEntry entry) {
            tag(Tag.LEDGER_ENTRY, out);
            out.writeInt(entry.partition());
            write(entry.line(), out);
        } else {
            throw new IOException("this type cannot be sent between steps: " + value);
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    public T deserialize(DataInputView in) throws IOException {
        return (T) read(in);
    }

    private Object read(DataInputView in) throws IOException {
        return switch (Tag.ALL[in.readByte()]) {
            case RECORD -> readRecord(in);
            case EVENT -> readEvent(in, false);
            case SKIPPED -> new Skipped(in.readInt(), StringUtils.readString(in));
            case DUPLICATE -> new Duplicate(in.readInt());
            case DEAD_LETTER -> readDeadLetter(in);
            case TAKEN -> readTaken(in);
            case PROGRESS -> new Progress(in.readInt(), in.readLong(), in.readLong(), in.readLong(), in.readLong());
            case RESULT -> readOutput(readEvent(in, false), in);
            case LEDGER_ENTRY -> new LedgerEntry(in.readInt(), readBytes(in));
            case OUTSIDE -> new Outside(in.readInt());
            case SCANNED_EVENT -> readEvent(in, true);
        };
    }

    @SuppressWarnings("EnumOrdinal") // never leaves the job
    private static void tag(Tag tag, DataOutputView out) throws IOException {
        out.writeByte(tag.ordinal());
    }

    private static void write(SourceRecord record, DataOutputView out) throws IOException {
        out.writeInt(record.partition());
        out.writeLong(record.offset());
        out.writeLong(record.timestamp());
        write(record.key(), out);
        write(record.value(), out);
        write(record.headers(), out);
    }

    private static void write(Headers headers, DataOutputView out) throws IOException {
        Header[] all = headers.toArray();
        out.writeInt(all.length);
        for (Header header : all) {
            StringUtils.writeString(header.key(), out);
            write(header.value(), out);
        }
    }

    private static Headers readHeaders(DataInputView in) throws IOException {
        Headers headers = new RecordHeaders();
        for (int count = in.readInt(); count > 0; count--) {
            headers.add(new RecordHeader(StringUtils.readString(in), readNullable(in)));
        }
        return headers;
    }

    /** Writes a result without its source. */
    private static void writeOutput(Result result, DataOutputView out) throws IOException {
        write(result.envelope(), out);
        write(result.encodedValue(), out);
        Headers changed = result.changedHeaders();
        out.writeBoolean(changed != null);
        if (changed != null) {
            write(changed, out);
        }
        write(result.ownKey(), out);
    }

    private static Result readOutput(Event source, DataInputView in) throws IOException {
        byte[] envelope = readBytes(in);
        byte[] value = readNullable(in);
        Headers headers = in.readBoolean() ? readHeaders(in) : null;
        return new Result(source, envelope, headers, readNullable(in), source.base(), value);
    }

    private static SourceRecord readRecord(DataInputView in) throws IOException {
        int partition = in.readInt();
        long offset = in.readLong();
        long timestamp = in.readLong();
        byte[] key = readNullable(in);
        byte[] value = readNullable(in);
        return new SourceRecord(partition, offset, timestamp, key, value, readHeaders(in));
    }

    /** Writes an event. The envelope is written only where it is not what the record's own value says. */
    private static void write(Event event, DataOutputView out) throws IOException {
        write(event.record(), out);
        byte[] envelope = event.envelope().document();
        write(envelope == event.record().value() || event.base() != null ? null : envelope, out);
    }

    private Event readEvent(DataInputView in, boolean scanned) throws IOException {
        if (reader == null) {
            reader = new EventReader(mapping);
        }
        SourceRecord record = readRecord(in);
        byte[] envelope = readNullable(in);
        byte[] json = envelope == null ? record.value() : envelope;
        if (json == null) {
            throw new IOException("the serialized event has no envelope");
        }
        try {
            return scanned ? reader.readAt(in, record, json) : reader.read(record, json);
        } catch (UnreadableException e) {
            throw new IOException("a serialized event cannot be read back", e);
        }
    }

    private Taken readTaken(DataInputView in) throws IOException {
        Event event = readEvent(in, false);
        List<Result> results = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            results.add(readOutput(event, in));
        }
        return new Taken(event, results);
    }

    private static void write(DeadLetter letter, DataOutputView out) throws IOException {
        write(letter.record(), out);
        StringUtils.writeString(letter.stage(), out);
        StringUtils.writeString(letter.reason().toString(), out);
        StringUtils.writeString(letter.message(), out);
        StringUtils.writeNullableString(letter.exception(), out);
        StringUtils.writeNullableString(letter.stackTrace(), out);
        out.writeInt(letter.attempts());
        StringUtils.writeNullableString(letter.eventId(), out);
    }

    private static DeadLetter readDeadLetter(DataInputView in) throws IOException {
        return new DeadLetter(
                readRecord(in),
                StringUtils.readString(in),
                Reason.of(StringUtils.readString(in)),
                StringUtils.readString(in),
                StringUtils.readNullableString(in),
                StringUtils.readNullableString(in),
                in.readInt(),
                StringUtils.readNullableString(in));
    }

    private static void write(byte @Nullable [] bytes, DataOutputView out) throws IOException {
        out.writeInt(bytes == null ? -1 : bytes.length);
        if (bytes != null) {
            out.write(bytes);
        }
    }

    private static byte @Nullable [] readNullable(DataInputView in) throws IOException {
        int length = in.readInt();
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    private static byte[] readBytes(DataInputView in) throws IOException {
        byte[] bytes = readNullable(in);
        if (bytes == null) {
            throw new IOException("bytes are missing");
        }
        return bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof TravelSerializer;
    }

    @Override
    public int hashCode() {
        return TravelSerializer.class.hashCode();
    }

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"})
    public T createInstance() {
        return (T) null;
    }

    @Override
    public T copy(T from) {
        return from;
    }

    @Override
    public T copy(T from, T reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public T deserialize(T reuse, DataInputView in) throws IOException {
        return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
        serialize(deserialize(in), out);
    }

    @Override
    public TypeSerializerSnapshot<T> snapshotConfiguration() {
        return new Snapshot<>();
    }

    /** The serializer's snapshot. Flink loads it by its class name. */
    @SuppressWarnings("WeakerAccess")
    public static final class Snapshot<T> extends SimpleTypeSerializerSnapshot<T> {
        public Snapshot() {
            super(() -> new TravelSerializer<>(EnvelopeMapping.OWN));
        }
    }
}
