package io.backprocess.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collection;

/** Writes and reads numbers of the state of a proof, in their order. */
final class Longs {
    private Longs() {}

    static void write(Collection<Long> numbers, DataOutput out) throws IOException {
        out.writeInt(numbers.size());
        for (long each : numbers) {
            out.writeLong(each);
        }
    }

    /** Adds the numbers to a collection and returns it. */
    static <C extends Collection<Long>> C read(DataInput in, C into) throws IOException {
        for (int left = in.readInt(); left > 0; left--) {
            into.add(in.readLong());
        }
        return into;
    }
}
