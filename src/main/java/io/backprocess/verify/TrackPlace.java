package io.backprocess.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The place of a matcher in its track. The records in its window are not kept, but read again.
 *
 * @param position the offset of the first record that is not matched yet, or of the next one
 * @param taken the number of records before the position
 * @param window the number of records from the position on that the matcher has read ahead
 */
record TrackPlace(long position, long taken, int window) {

    /** @param first the first record in the window; null if it is empty */
    static TrackPlace of(Track track, Track.@Nullable Arrival first, int window) {
        return new TrackPlace(first == null ? track.position() : first.offset(), track.taken() - window, window);
    }

    /** Moves the track to the place and returns the number of records that the matcher must read ahead again. */
    int resume(Track track) {
        track.resume(position, taken);
        return window;
    }

    void write(DataOutput out) throws IOException {
        out.writeLong(position);
        out.writeLong(taken);
        out.writeInt(window);
    }

    static TrackPlace read(DataInput in) throws IOException {
        return new TrackPlace(in.readLong(), in.readLong(), in.readInt());
    }
}
