package io.backprocess.testing;

import io.backprocess.format.Codec;
import java.util.List;
import java.util.SplittableRandom;

/** One of the schemas of {@link EncodedRecords}. */
public interface HostileSchema {
    int id();

    Codec codec();

    /** Encodes a purchase without our code, by seed. It is valid, though perhaps in an odd way. */
    byte[] write(String eventId, SplittableRandom random);

    /**
     * Tells whether a change can be written.
     *
     * @param source a value as JSON
     * @param results all that is made of it, as JSON
     */
    default boolean takes(byte[] source, List<byte[]> results) {
        return true;
    }

    /** Writes an envelope as text to compare, which may be the same for envelopes that have the same encoding. */
    default String form(byte[] envelope) {
        return PlainJson.sortedForm(envelope);
    }

    /**
     * Reads a valid value without our code.
     *
     * @return what the value holds beside its JSON, and a change has to keep
     */
    String rest(byte[] value);
}
