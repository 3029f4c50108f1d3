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
    /** The layout of all states of proofs. No proof goes on with a state of another layout. */
    static final int FORMAT = 2;

    private StateBytes() {}

    /** Writes a part of the state. */
    interface Writer {
        void write(DataOutput out) throws IOException;
    }

    /** Reads what a {@link Writer} has written. */
    interface Reader<T> {
        T read(DataInput in) throws IOException;
    }

    /** Reads the number of the layout, and refuses another one. */
    static void expectFormat(DataInput in) throws IOException {
        int format = in.readInt();
        if (format != FORMAT) {
            throw new IOException(
                    "the state of a proof has format %d, and this version reads %d".formatted(format, FORMAT));
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
