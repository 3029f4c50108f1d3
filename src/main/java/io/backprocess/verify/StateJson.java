package io.backprocess.verify;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Writes and reads small values of the state of a proof as JSON. */
final class StateJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private StateJson() {}

    static void write(Object value, DataOutput out) throws IOException {
        byte[] text = JSON.writeValueAsBytes(value);
        out.writeInt(text.length);
        out.write(text);
    }

    static <T> T read(DataInput in, Class<T> type) throws IOException {
        byte[] text = new byte[in.readInt()];
        in.readFully(text);
        return JSON.readValue(text, type);
    }
}
