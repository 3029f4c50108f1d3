package io.backprocess.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Matches records that do not state their origin ({@code --result-headers none}). An expected record that is not the next one is
 * searched by its content among the records ahead. The next expected record then shows which case it is: the record is late, or
 * the records before it are surplus.
 *
 * <p>The matcher counts, and it names the first difference. If foreign records fill more than the lookahead, it may report more
 * findings than there are errors, but never fewer.
 */
final class ContentMatcher implements Matcher {
    private static final int LOOKAHEAD = 20_000;
    private static final String FORGOTTEN =
            "there are more unexplained records than verify keeps, and the result of this one may be among them";

    private final OutputPartition outputPartition;
    private final Track track;
    /** The records that are read and not matched yet. It is empty as long as every record matches. */
    private final ArrayDeque<Track.Arrival> window = new ArrayDeque<>();
    /** The offsets in the window, by content. */
    private final Map<Long, ArrayDeque<Long>> places = new HashMap<>();
    /** The offsets of records that were passed over, by content. */
    private final Map<Long, ArrayDeque<Long>> surplus = new LinkedHashMap<>();
    /** The source offsets of missing records, by the content that the records should have. */
    private final LinkedHashMap<Long, ArrayDeque<Long>> missing = new LinkedHashMap<>();
    /** The contents that are missing since the last match. A record in their place is their altered form. */
    private ArrayDeque<Long> gap = new ArrayDeque<>();
    /** The contents that are missing since {@link #ahead}. */
    private ArrayDeque<Long> gapBehind = new ArrayDeque<>();
    /** True if some surplus records were reported and forgotten to save memory. */
    private boolean forgetful;
    /** The last expected record, if it is further ahead in the window; null otherwise. */
    private @Nullable Expected ahead;

    private record Expected(long sourceOffset, long digest, long place) {
        static void write(@Nullable Expected expected, DataOutput out) throws IOException {
            out.writeBoolean(expected != null);
            if (expected != null) {
                out.writeLong(expected.sourceOffset);
                out.writeLong(expected.digest);
                out.writeLong(expected.place);
            }
        }

        static @Nullable Expected read(DataInput in) throws IOException {
            return in.readBoolean() ? new Expected(in.readLong(), in.readLong(), in.readLong()) : null;
        }
    }

    ContentMatcher(OutputPartition outputPartition, Track track) {
        this.outputPartition = outputPartition;
        this.track = track;
    }

    @Override
    public void expect(long sourceOffset, List<ProducerRecord<byte[], byte[]>> expected) {
        expected.forEach(record -> expect(sourceOffset, record));
    }

    private void expect(long sourceOffset, ProducerRecord<byte[], byte[]> expected) {
        if (window.isEmpty() && track.takes(expected)) {
            gap.clear();
            return;
        }
        long digest = Content.digest(outputPartition.output, expected);
        Track.Arrival head = window.peek();
        if (head != null && head.digest() == digest) {
            poll();
            isLate(ahead);
            ahead = null;
            gap.clear();
            gapBehind.clear();
        } else {
            lookUp(sourceOffset, digest);
        }
    }

    @Override
    public boolean comesNext(long sourceOffset, ProducerRecord<byte[], byte[]> expected) {
        if (window.isEmpty()) {
            read();
        }
        Track.Arrival head = window.peek();
        return head != null && head.digest() == Content.digest(outputPartition.output, expected);
    }

    private void lookUp(long sourceOffset, long digest) {
        Long passed = remove(surplus, digest);
        if (passed != null) {
            outputPartition.maybeOutOfOrder(passed, sourceOffset);
            return;
        }
        fill();
        Expected before = ahead;
        long place = place(digest, before);
        if (place < 0) {
            await(digest, sourceOffset);
            (before == null ? gap : gapBehind).add(digest);
            return;
        }
        if (before != null && place > before.place) {
            passOverUpTo(before);
        } else {
            isLate(before);
        }
        Track.Arrival head = window.peek();
        if (head != null && head.offset() == place) {
            poll();
            gap.clear();
            ahead = null;
        } else {
            ahead = new Expected(sourceOffset, digest, place);
        }
    }

    /** Returns the offset of the content in the window, without the record that is already expected; -1 if it is not there. */
    private long place(long digest, @Nullable Expected taken) {
        for (long place : places.getOrDefault(digest, new ArrayDeque<>())) {
            if (taken == null || taken.place != place) {
                return place;
            }
        }
        return -1;
    }

    /** Notes an expected record as late. It is matched when its turn comes in the window. */
    private void isLate(@Nullable Expected expected) {
        if (expected != null) {
            await(expected.digest, expected.sourceOffset);
        }
    }

    private void await(long digest, long sourceOffset) {
        missing.computeIfAbsent(digest, any -> new ArrayDeque<>()).add(sourceOffset);
        if (missing.size() > MAX_WAITING) {
            long oldest = missing.keySet().iterator().next();
            missing.getOrDefault(oldest, new ArrayDeque<>()).forEach(this::missing);
            missing.remove(oldest);
            gap.remove(oldest);
        }
    }

    private void passOverUpTo(Expected expected) {
        for (Track.Arrival arrival = poll(); arrival != null && arrival.offset() != expected.place; arrival = poll()) {
            passOver(arrival);
        }
        gap = gapBehind;
        gapBehind = new ArrayDeque<>();
    }

    /** Classifies a record: it was missing before, or is the altered form of a record that is missing here, or is surplus. */
    private void passOver(Track.Arrival arrival) {
        Long missed = remove(missing, arrival.digest());
        if (missed != null) {
            gap.remove(arrival.digest());
            outputPartition.maybeOutOfOrder(arrival.offset(), missed);
            return;
        }
        Long replaced = gap.poll();
        Long altered = replaced == null ? null : remove(missing, replaced);
        if (altered != null) {
            outputPartition.altered(arrival.offset(), altered);
        } else {
            surplus.computeIfAbsent(arrival.digest(), any -> new ArrayDeque<>()).add(arrival.offset());
            forgetOldest();
        }
    }

    /** Forgets the oldest surplus records if there are very many, so that they do not take all the memory. */
    private void forgetOldest() {
        if (outputPartition.isDoubtful() && surplus.size() > MAX_WAITING) {
            Iterator<ArrayDeque<Long>> oldest = surplus.values().iterator();
            oldest.next().forEach(outputPartition::surplus);
            oldest.remove();
            forgetful = true;
        }
    }

    /** Reports a missing record. If surplus records were forgotten it can be one of them, so it is then reported as unknown. */
    private void missing(long sourceOffset) {
        if (forgetful) {
            outputPartition.unknown(sourceOffset, FORGOTTEN);
        } else {
            outputPartition.missing(sourceOffset);
        }
    }

    @Override
    public void finish() {
        if (ahead != null) {
            passOverUpTo(ahead);
        }
        for (Track.Arrival arrival = poll(); arrival != null; arrival = poll()) {
            boolean explained = !gap.isEmpty() || missing.containsKey(arrival.digest());
            if (outputPartition.isIncomplete() && !explained) {
                outputPartition.countAhead();
            } else {
                passOver(arrival);
            }
        }
        surplus.values().forEach(offsets -> offsets.forEach(outputPartition::surplus));
        missing.values().forEach(sourceOffsets -> sourceOffsets.forEach(this::missing));
    }

    private static @Nullable Long remove(Map<Long, ArrayDeque<Long>> waiting, long digest) {
        ArrayDeque<Long> offsets = waiting.get(digest);
        if (offsets == null) {
            return null;
        }
        Long first = offsets.poll();
        if (offsets.isEmpty()) {
            waiting.remove(digest);
        }
        return first;
    }

    @Override
    public void write(DataOutput out) throws IOException {
        outputPartition.write(out);
        TrackPlace.of(track, window.peek(), window.size()).write(out);
        write(surplus, out);
        write(missing, out);
        Longs.write(gap, out);
        Longs.write(gapBehind, out);
        out.writeBoolean(forgetful);
        Expected.write(ahead, out);
    }

    private static void write(Map<Long, ArrayDeque<Long>> waiting, DataOutput out) throws IOException {
        out.writeInt(waiting.size());
        for (Map.Entry<Long, ArrayDeque<Long>> each : waiting.entrySet()) {
            out.writeLong(each.getKey());
            Longs.write(each.getValue(), out);
        }
    }

    @Override
    public void resume(DataInput in) throws IOException {
        outputPartition.resume(in);
        for (int left = TrackPlace.read(in).resume(track); left > 0 && read(); left--) {
            // The window gets the records that it had.
        }
        resume(surplus, in);
        resume(missing, in);
        gap = Longs.read(in, new ArrayDeque<>());
        gapBehind = Longs.read(in, new ArrayDeque<>());
        forgetful = in.readBoolean();
        ahead = Expected.read(in);
    }

    private static void resume(Map<Long, ArrayDeque<Long>> waiting, DataInput in) throws IOException {
        for (int left = in.readInt(); left > 0; left--) {
            waiting.put(in.readLong(), Longs.read(in, new ArrayDeque<>()));
        }
    }

    private Track.@Nullable Arrival poll() {
        if (window.isEmpty()) {
            read();
        }
        Track.Arrival arrival = window.poll();
        if (arrival != null) {
            remove(places, arrival.digest());
        }
        return arrival;
    }

    private void fill() {
        while (window.size() < LOOKAHEAD && read()) {
            // Reads until the window is full or the partition ends.
        }
    }

    private boolean read() {
        Track.Arrival arrival = track.next();
        if (arrival == null) {
            return false;
        }
        window.add(arrival);
        places.computeIfAbsent(arrival.digest(), any -> new ArrayDeque<>(1)).add(arrival.offset());
        return true;
    }

    @Override
    public long counted() {
        return track.taken() - outputPartition.ahead();
    }

    @Override
    public long ahead() {
        return outputPartition.ahead();
    }

    @Override
    public long awaited() {
        return outputPartition.awaited();
    }

    @Override
    public void close() {
        track.close();
    }
}
