package io.backprocess.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Matches records that state their origin. Source offsets rise on both sides, so a mismatch explains itself. A record with a
 * lower source offset than the expected one is late or a second copy. A record with a higher source offset shows that the
 * expected one is missing. If the records after it go back to lower source offsets, it is early instead.
 */
final class OriginMatcher implements Matcher {
    /** The number of records that are searched for a step back. */
    private static final int LOOKAHEAD = 64;

    private final OutputPartition outputPartition;
    private final Track track;
    /** The records that are read and not matched yet. It is empty as long as every record matches. */
    private final ArrayDeque<Waiting> window = new ArrayDeque<>();
    /** The hashes of missing records, by source offset. */
    private final LinkedHashMap<Long, List<Long>> missing = new LinkedHashMap<>();

    private final Map<Long, List<Waiting>> early = new HashMap<>();

    OriginMatcher(OutputPartition outputPartition, Track track) {
        this.outputPartition = outputPartition;
        this.track = track;
    }

    /** A record that did not match at once. */
    private static final class Waiting {
        final Track.Arrival record;
        boolean early;

        Waiting(Track.Arrival record) {
            this.record = record;
        }

        long origin() {
            return record.origin();
        }
    }

    @Override
    public void expect(long sourceOffset, List<ProducerRecord<byte[], byte[]>> expected) {
        int matched = 0;
        while (matched < expected.size() && arrivesNext(expected.get(matched))) {
            matched++;
        }
        if (matched < expected.size()) {
            List<Long> waiting = new ArrayList<>();
            for (ProducerRecord<byte[], byte[]> record : expected.subList(matched, expected.size())) {
                waiting.add(Content.digest(outputPartition.output, record));
            }
            reconcile(sourceOffset, waiting, arrivals(sourceOffset));
        }
    }

    /** Takes the next record if it is the expected one. */
    private boolean arrivesNext(ProducerRecord<byte[], byte[]> expected) {
        Waiting waiting = window.peek();
        if (waiting == null) {
            return track.takes(expected);
        }
        if (waiting.record.digest() != Content.digest(outputPartition.output, expected)) {
            return false;
        }
        window.remove();
        return true;
    }

    /** Returns all records of the source offset. The records in front of them are handled first. */
    private List<Waiting> arrivals(long sourceOffset) {
        List<Waiting> arrivals = new ArrayList<>();
        for (Waiting head = peek(); head != null; head = peek()) {
            long origin = head.origin();
            if (origin > sourceOffset && !outputPartition.mayRunAhead(origin) && !stepsBack(sourceOffset, origin)) {
                break;
            }
            poll();
            if (origin == sourceOffset) {
                arrivals.add(head);
            } else if (origin < sourceOffset) {
                late(head);
            } else if (outputPartition.mayRunAhead(origin)) {
                outputPartition.countAhead();
            } else {
                head.early = true;
                early.computeIfAbsent(origin, any -> new ArrayList<>()).add(head);
            }
        }
        arrivals.addAll(early.isEmpty() ? List.of() : early.getOrDefault(sourceOffset, List.of()));
        early.remove(sourceOffset);
        return arrivals;
    }

    /**
     * Tells whether a later record has a source offset between the expected one and the arrived one. Then the arrived record is
     * early. A later record with an offset below the expected one is only late itself and shows nothing.
     */
    private boolean stepsBack(long sourceOffset, long origin) {
        fill(LOOKAHEAD);
        for (Waiting later : window) {
            if (later.origin() > sourceOffset && later.origin() < origin) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean comesNext(long sourceOffset, ProducerRecord<byte[], byte[]> expected) {
        for (Waiting next = peek(); next != null && next.origin() < sourceOffset; next = peek()) {
            poll();
            late(next);
        }
        Waiting next = peek();
        return next != null && next.origin() == sourceOffset;
    }

    /** Matches records with the same content first, and then the others in their order. */
    private void reconcile(long sourceOffset, List<Long> expected, List<Waiting> arrivals) {
        int last = -1;
        for (Iterator<Long> each = expected.iterator(); each.hasNext(); ) {
            int found = find(arrivals, each.next());
            if (found >= 0) {
                each.remove();
                Waiting arrival = arrivals.get(found);
                if (arrival.early || found < last) {
                    outputPartition.outOfOrder(arrival.record.offset(), sourceOffset);
                }
                arrivals.remove(found);
                // The records behind it have moved up by one, so this index is now the next record.
                last = found;
            }
        }
        int altered = Math.min(expected.size(), arrivals.size());
        for (Waiting arrival : arrivals.subList(0, altered)) {
            outputPartition.altered(arrival.record.offset(), sourceOffset);
        }
        for (Waiting arrival : arrivals.subList(altered, arrivals.size())) {
            outputPartition.unexpected(arrival.record.offset());
        }
        if (altered < expected.size()) {
            await(sourceOffset, new ArrayList<>(expected.subList(altered, expected.size())));
        }
    }

    private int find(List<Waiting> arrivals, long digest) {
        for (int i = 0; i < arrivals.size(); i++) {
            if (arrivals.get(i).record.digest() == digest) {
                return i;
            }
        }
        return -1;
    }

    private void await(long sourceOffset, List<Long> expected) {
        missing.put(sourceOffset, expected);
        if (missing.size() > MAX_WAITING) {
            Map.Entry<Long, List<Long>> oldest = missing.entrySet().iterator().next();
            missing.remove(oldest.getKey());
            oldest.getValue().forEach(any -> outputPartition.missing(oldest.getKey()));
        }
    }

    /** Handles a record that comes after its turn. */
    private void late(Waiting arrival) {
        long origin = arrival.origin();
        List<Long> expected = missing.get(origin);
        if (expected == null) {
            outputPartition.surplus(arrival.record.offset(), origin);
            return;
        }
        if (expected.remove(arrival.record.digest())) {
            outputPartition.outOfOrder(arrival.record.offset(), origin);
        } else {
            expected.remove(0);
            outputPartition.altered(arrival.record.offset(), origin);
        }
        if (expected.isEmpty()) {
            missing.remove(origin);
        }
    }

    @Override
    public void finish() {
        for (Waiting arrival = poll(); arrival != null; arrival = poll()) {
            if (outputPartition.mayRunAhead(arrival.origin())) {
                outputPartition.countAhead();
            } else {
                late(arrival);
            }
        }
        early.values().forEach(arrivals -> arrivals.forEach(this::late));
        missing.forEach((sourceOffset, expected) -> expected.forEach(any -> outputPartition.missing(sourceOffset)));
    }

    @Override
    public void write(DataOutput out) throws IOException {
        outputPartition.write(out);
        TrackPlace.of(track, window.isEmpty() ? null : window.getFirst().record, window.size())
                .write(out);
        out.writeInt(missing.size());
        for (Map.Entry<Long, List<Long>> each : missing.entrySet()) {
            out.writeLong(each.getKey());
            Longs.write(each.getValue(), out);
        }
        out.writeInt(early.values().stream().mapToInt(List::size).sum());
        for (List<Waiting> arrivals : early.values()) {
            for (Waiting each : arrivals) {
                each.record.write(out);
            }
        }
    }

    @Override
    public void resume(DataInput in) throws IOException {
        outputPartition.resume(in);
        fill(TrackPlace.read(in).resume(track));
        for (int left = in.readInt(); left > 0; left--) {
            missing.put(in.readLong(), Longs.read(in, new ArrayList<>()));
        }
        for (int left = in.readInt(); left > 0; left--) {
            Waiting each = new Waiting(Track.Arrival.read(in));
            each.early = true;
            early.computeIfAbsent(each.origin(), any -> new ArrayList<>()).add(each);
        }
    }

    private @Nullable Waiting peek() {
        fill(1);
        return window.peek();
    }

    private @Nullable Waiting poll() {
        fill(1);
        return window.poll();
    }

    private void fill(int length) {
        while (window.size() < length) {
            Track.Arrival record = track.next();
            if (record == null) {
                return;
            }
            window.add(new Waiting(record));
        }
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
