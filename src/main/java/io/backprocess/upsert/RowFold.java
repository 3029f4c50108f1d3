package io.backprocess.upsert;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Folds results by key to the rows that the table must have. The fold takes as much memory as it may: when it has more, it gives
 * up the upper part of its range of keys, for a later pass.
 *
 * <p>Rows are written in the order of the results of one lane. Of several lanes any row can be the last one, if their guards are
 * equal. So one key may have several rows that are right.
 */
public final class RowFold {
    /** The lane of a result whose order to others is not known. */
    public static final int NO_LANE = -1;

    /** The lane that stands for further rows that are not kept. */
    static final int CROWDED = -2;

    static final int MAX_CANDIDATES = 32;
    /** The objects around the bytes of a row and of a key: the entry, the key, the candidate, two arrays. */
    private static final int BYTES_A_KEY = 128;

    private static final int BYTES_A_CANDIDATE = 72;
    /** The part of the range that is kept when the memory is full. */
    private static final double KEPT = 0.8;

    private final TableLayout layout;
    private final long maxBytes;
    private final Map<RowKey, Candidate> rows = new HashMap<>();
    private KeyRange range;
    private long bytes;

    /** A row that can be the right one, the place of its result, and another one if there is one. */
    static final class Candidate {
        final int lane;
        final int partition;
        final long offset;
        final byte[] row;
        final @Nullable Candidate next;

        Candidate(int lane, int partition, long offset, byte[] row, @Nullable Candidate next) {
            this.lane = lane;
            this.partition = partition;
            this.offset = offset;
            this.row = row;
            this.next = next;
        }

        Candidate before(@Nullable Candidate other) {
            return new Candidate(lane, partition, offset, row, other);
        }
    }

    RowFold(TableLayout layout, KeyRange range, long maxBytes) {
        this.layout = layout;
        this.range = range;
        this.maxBytes = maxBytes;
    }

    /** Adds a row. Rows of one lane must come in the order of their results. */
    synchronized void add(RowKey key, int lane, int partition, long offset, @Nullable Object[] row) {
        if (!range.contains(key)) {
            return;
        }
        Candidate added = new Candidate(lane, partition, offset, PackedRow.pack(row), null);
        Candidate before = rows.get(key);
        if (before == null) {
            bytes += BYTES_A_KEY + key.bytes() + size(added);
            rows.put(key, added);
        } else {
            int order = layout.compareGuards(
                    row, PackedRow.unpack(before.row, layout.columns().size()));
            Candidate after = order > 0 ? added : order < 0 ? before : joined(before, added);
            bytes += size(after) - size(before);
            rows.put(key, after);
        }
        while (bytes > maxBytes && rows.size() > 1 && range.width() > 1) {
            narrow();
        }
    }

    private static Candidate joined(Candidate before, Candidate added) {
        if (before.lane == CROWDED) {
            return before;
        }
        Candidate others = null;
        int count = 1;
        for (Candidate each = before; each != null; each = each.next) {
            boolean isReplaced = added.lane == NO_LANE ? Arrays.equals(each.row, added.row) : each.lane == added.lane;
            if (!isReplaced) {
                others = each.before(others);
                count++;
            }
        }
        return count <= MAX_CANDIDATES
                ? added.before(others)
                : new Candidate(CROWDED, before.partition, before.offset, before.row, null);
    }

    private static long size(Candidate candidate) {
        long size = 0;
        for (Candidate each = candidate; each != null; each = each.next) {
            size += BYTES_A_CANDIDATE + each.row.length;
        }
        return size;
    }

    private void narrow() {
        range = new KeyRange(range.from(), range.from() + Math.max(1, (long) (range.width() * KEPT)));
        rows.entrySet().removeIf(entry -> {
            boolean isOut = !range.contains(entry.getKey());
            if (isOut) {
                bytes -= BYTES_A_KEY + entry.getKey().bytes() + size(entry.getValue());
            }
            return isOut;
        });
    }

    /** Returns the range of keys that the fold has taken all rows of. */
    public synchronized KeyRange range() {
        return range;
    }

    /** Returns the range of the next pass, up to an end, which takes about as much memory as there is. */
    public synchronized KeyRange next(long end) {
        double fits = bytes == 0 ? KeyRange.HASHES : range.width() * KEPT * maxBytes / bytes;
        long width = (long) Math.max(1, Math.min(KeyRange.HASHES, fits));
        return new KeyRange(range.to(), Math.min(end, range.to() + width));
    }

    Map<RowKey, Candidate> rows() {
        return rows;
    }
}
