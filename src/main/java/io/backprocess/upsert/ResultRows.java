package io.backprocess.upsert;

import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads results of a batch from its topic into a fold, as the rows that the batch has written. One serves one thread. */
public final class ResultRows {
    private final RowReader reader;
    private final TableLayout layout;
    private final @Nullable KeyBounds bounds;
    private final RowFold fold;

    /** @param bounds the keys that are compared; null for all */
    ResultRows(RowReader reader, TableLayout layout, @Nullable KeyBounds bounds, RowFold fold) {
        this.bounds = bounds;
        this.reader = reader;
        this.layout = layout;
        this.fold = fold;
    }

    /** The table takes a result as one of these. */
    public enum Taken {
        /** The table takes no such results. */
        NOT_WANTED,
        ROW,
        /** The result cannot be read, or cannot be a row. */
        UNREADABLE
    }

    /**
     * Takes one result.
     *
     * @param result the result at the origin of its source
     * @param lane the lane; rows of one lane were written in the order of their results
     * @param partition the partition of the result topic
     * @param offset the offset there
     */
    public Taken take(SourceRecord result, int lane, int partition, long offset) {
        try {
            Optional<@Nullable Object[]> read = reader.read(result);
            if (read.isEmpty()) {
                return Taken.NOT_WANTED;
            }
            @Nullable Object[] row = TableLayout.plain(read.get());
            if (bounds == null || bounds.contain(row)) {
                fold.add(layout.key(row), lane, partition, offset, row);
            }
            return Taken.ROW;
        } catch (UnreadableException | UnfitException e) {
            return Taken.UNREADABLE;
        }
    }
}
