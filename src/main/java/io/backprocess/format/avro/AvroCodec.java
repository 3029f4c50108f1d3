package io.backprocess.format.avro;

import io.backprocess.format.Codec;
import io.backprocess.format.EncodedValue;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonPointer;
import java.util.Map;

public final class AvroCodec implements Codec {
    public static AvroCodec of(SchemaText schema) throws UnfitException {
        throw new UnfitException("stub");
    }

    public byte[] read(byte[] value, int from) throws UnfitException {
        throw new UnfitException("stub");
    }

    public byte[] write(EncodedValue base, byte[] json, Map<JsonPointer, JsonPointer> origins) throws UnfitException {
        throw new UnfitException("stub");
    }
}
