package io.backprocess.decode;

import io.backprocess.batch.KeyGroups;
import io.backprocess.batch.OffsetRange;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Outcome;
import io.backprocess.event.Progress;
import io.backprocess.event.SourceRecord;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.jspecify.annotations.Nullable;

/**
 * Turns records into events or dead letters, and marks how far each partition has been read.
 *
 * <p>A mark goes down the stream ahead of every checkpoint barrier, so it is counted in the same checkpoint as the records
 * that it covers. Killed between two checkpoints: the marks since the first are undone together with everything that was
 * read. The next mark starts where the last committed one ended, which the state remembers.
 */
public final class DecodeRecords extends AbstractStreamOperator<Outcome>
        implements OneInputStreamOperator<SourceRecord, Outcome>, BoundedOneInput {
    private static final long serialVersionUID = 1;

    private final ArrayList<OffsetRange> ranges;
    private final KeyGroups keyGroups;
    private final boolean following;
    private final EnvelopeMapping mapping;
    private final @Nullable LetterGate letters;
    private final @Nullable LegacyContextOpener legacyJoin;

    private transient Map<Integer, Position> positions = new HashMap<>();
    private transient Decoder decoder = new Decoder(EnvelopeMapping.OWN, null, null);
    private transient @Nullable LegacyContextJoin opened;
    private transient StreamRecord<Outcome> out = new StreamRecord<>(null);
    private transient @Nullable ValueState<Long> marked;
    private transient @Nullable Position current;
    private transient @Nullable KeyGroupRange owned;
    private transient boolean restored;

    /** Opens the contexts of a subtask. */
    public interface LegacyContextOpener extends Serializable {
        /** @param directory a directory of the TaskManager for files that need not outlive it */
        LegacyContextJoin open(Path directory);
    }

    /**
     * @param mapping where records keep the parts of an envelope
     * @param legacyJoin gives flat events their context; null when they stay dead letters
     * @param letters says which records a batch over dead letters takes; null when it takes all
     */
    public DecodeRecords(
            List<OffsetRange> ranges,
            KeyGroups keyGroups,
            EnvelopeMapping mapping,
            @Nullable LegacyContextOpener legacyJoin,
            @Nullable LetterGate letters) {
        this.ranges = new ArrayList<>(ranges);
        this.keyGroups = keyGroups;
        this.mapping = mapping;
        this.letters = letters;
        this.following = OffsetRange.isFollowing(ranges);
        this.legacyJoin = legacyJoin;
    }

    /** The count of what has been read of one partition since its last mark. */
    private static final class Position {
        final OffsetRange range;
        long marked;
        long next;
        long read;
        long keyless;

        Position(OffsetRange range, long marked) {
            this.range = range;
            this.marked = marked;
            this.next = marked;
        }
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        restored = context.isRestored();
    }

    @Override
    public void open() throws Exception {
        super.open();
        positions = new HashMap<>();
        out = new StreamRecord<>(null);
        marked = getRuntimeContext().getState(new ValueStateDescriptor<>("marked", Types.LONG));
        owned = KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                keyGroups.count(),
                getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks(),
                getRuntimeContext().getTaskInfo().getIndexOfThisSubtask());
        for (OffsetRange range : ranges) {
            if (keyGroups.ownsPartition(owned, range.partition())) {
                positions.put(range.partition(), new Position(range, firstUnmarked(range)));
            }
        }
        if (legacyJoin != null && !positions.isEmpty()) {
            opened = legacyJoin.open(temporaryDirectory());
        }
        decoder = new Decoder(mapping, opened, letters);
    }

    private Path temporaryDirectory() {
        return getContainingTask()
                .getEnvironment()
                .getIOManager()
                .getSpillingDirectories()[0]
                .toPath();
    }

    @Override
    public void close() throws Exception {
        if (opened != null) {
            opened.close();
        }
        super.close();
    }

    /**
     * Returns where the partition's next mark begins. The state exists from the first start on. When a snapshot has none,
     * Flink has dropped it, because Flink keeps nothing of subtasks that had finished: the partition has been read to its
     * end. A partition without an end never finishes: when it has no state, nothing of it has been read.
     */
    private long firstUnmarked(OffsetRange range) throws Exception {
        setCurrentKey(keyGroups.keyOfPartition(range.partition()));
        Long remembered = marked().value();
        if (remembered != null) {
            return remembered;
        }
        long first = restored && !range.isOpen() ? range.end() : range.start();
        marked().update(first);
        return first;
    }

    /**
     * Returns false, so that Flink does not set the key for every record. It is set where state is used, a few times per
     * checkpoint.
     */
    @Override
    public boolean hasKeyContext1() {
        return false;
    }

    @Override
    public void processElement(StreamRecord<SourceRecord> element) throws Exception {
        SourceRecord record = element.getValue();
        Position position = position(record.partition());
        if (record.offset() < position.next) {
            throw new IllegalStateException("partition %s: offset %s was read again after %s"
                    .formatted(record.partition(), record.offset(), position.next - 1));
        }
        position.next = record.offset() + 1;
        position.read++;
        if (record.key() == null) {
            position.keyless++;
        }
        output.collect(out.replace(decoder.decode(record)));
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        for (Position position : positions.values()) {
            mark(position, position.next);
        }
    }

    /** Marks the ends: all of this subtask's partitions have been read, even when the last offsets hold no record. */
    @Override
    public void endInput() throws Exception {
        for (Position position : positions.values()) {
            // A batch that follows comes here only when Flink drains it.
            mark(position, following ? position.next : position.range.end());
        }
    }

    private void mark(Position position, long next) throws Exception {
        if (next == position.marked) {
            return;
        }
        int partition = position.range.partition();
        output.collect(out.replace(new Progress(partition, position.marked, next, position.read, position.keyless)));
        position.marked = next;
        position.next = next;
        position.read = 0;
        position.keyless = 0;
        setCurrentKey(keyGroups.keyOfPartition(partition));
        marked().update(next);
    }

    private Position position(int partition) throws Exception {
        // Consecutive records usually belong to the same partition.
        Position position = current;
        if (position == null || position.range.partition() != partition) {
            position = positions.get(partition);
            if (position == null) {
                position = added(partition);
                positions.put(partition, position);
            }
            current = position;
        }
        return position;
    }

    /** Returns the position of a partition that the topic got after the plan was made: all of it is read. */
    private Position added(int partition) throws Exception {
        boolean planned = partition < keyGroups.plannedPartitions();
        if (!following || planned || owned == null || !keyGroups.ownsPartition(owned, partition)) {
            throw new IllegalStateException(
                    "partition %s was read on a subtask that does not own it".formatted(partition));
        }
        OffsetRange all = OffsetRange.openFrom(partition, 0);
        return new Position(all, firstUnmarked(all));
    }

    private ValueState<Long> marked() {
        if (marked == null) {
            throw new IllegalStateException("used before open");
        }
        return marked;
    }
}
