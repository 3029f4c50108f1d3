package io.backprocess.verify;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Turns parts of the state of a proof into bytes and back. */
final class StateBytes {
    private StateBytes() {}

    /** Writes a part of the state. */
    interface Writer {
        void write(DataOutput out) throws IOException;
    }

    /** Reads what a {@link Writer} has written. */
    interface Reader<T> {
        T read(DataInput in) throws IOException;
    }

    /** Reads the number of a format, and refuses another one. */
    static void expectFormat(int expected, DataInput in) throws IOException {
        int format = in.readInt();
        if (format != expected) {
            throw new IOException(
                    "the state of a proof has format %d, and this version reads %d".formatted(format, expected));
        }
    }

    static byte[] of(Writer writer) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            writer.write(new DataOutputStream(bytes));
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("the state of a proof cannot be written", e);
        }
    }

    static <T> T read(byte[] bytes, Reader<T> reader) {
        try {
            return reader.read(new DataInputStream(new ByteArrayInputStream(bytes)));
        } catch (IOException e) {
            throw new UncheckedIOException("the state of a proof cannot be read", e);
        }
    }
}
