package io.backprocess.testing;

import io.backprocess.format.Codec;
import java.util.SplittableRandom;

/** One of the schemas of {@link EncodedRecords}. */
public interface HostileSchema {
    int id();

    Codec codec();

    /** Encodes a purchase without our code, by seed. It is valid, though perhaps in an odd way. */
    byte[] write(String eventId, SplittableRandom random);

    /** Tells whether a value that is nested this deeply can be changed. */
    default boolean takesChanges(int depth) {
        return true;
    }

    /**
     * Reads a valid value without our code.
     *
     * @return what the value holds beside its JSON, and a change has to keep
     */
    String rest(byte[] value);
}
