package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A file of eventIds: blocks, each behind its number of bytes (an int). It only grows. The hash of all its bytes is computed as they
 * are written or read.
 */
final class IdFile implements AutoCloseable {
    private static final int BUFFER = 1 << 20;

    private final String name;
    private final FileChannel file;
    private final MessageDigest digest;
    private long bytes;

    private IdFile(Path path, FileChannel file) {
        this.name = String.valueOf(path.getFileName());
        this.file = file;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    static IdFile create(Path path) throws IOException {
        return new IdFile(path, FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    }

    /**
     * Opens a file to write behind what a proof has left, and cuts off what is behind that.
     *
     * @param left what the proof has left
     * @param seen takes the eventIds
     * @throws IOException if they are not there any more, with a reason for the user
     */
    static IdFile goOn(Path path, KeptProofs.KeptLane left, SeenIds seen) throws IOException {
        FileChannel file;
        try {
            file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            throw new IOException("its eventIds are gone: there is no " + path, e);
        }
        IdFile ids = new IdFile(path, file);
        try {
            ids.restore(left, seen);
            return ids;
        } catch (IOException | RuntimeException e) {
            ids.close();
            throw e;
        }
    }

    private void restore(KeptProofs.KeptLane left, SeenIds seen) throws IOException {
        if (file.size() < left.bytes()) {
            throw new IOException("%s has %d bytes, and should have %d".formatted(name, file.size(), left.bytes()));
        }
        file.truncate(left.bytes());
        InputStream all = new BufferedInputStream(Channels.newInputStream(file), BUFFER);
        try (DataInputStream in = new DataInputStream(new DigestInputStream(all, digest) {
            @Override
            public void close() {
                // The file is written next.
            }
        })) {
            while (bytes < left.bytes()) {
                int length = in.readInt();
                if (length < 0 || length > left.bytes() - bytes - Integer.BYTES) {
                    throw new IOException(name + " is damaged");
                }
                byte[] block = new byte[length];
                in.readFully(block);
                bytes += Integer.BYTES + length;
                restore(block, seen);
            }
        } catch (EOFException e) {
            throw new IOException(name + " is damaged", e);
        }
        if (!sha256().equals(left.sha256())) {
            throw new IOException(name + " is damaged: its hash is not the one of the last proof");
        }
        file.position(left.bytes());
    }

    private void restore(byte[] block, SeenIds seen) throws IOException {
        try {
            seen.restore(block);
        } catch (Exception e) {
            throw new IOException(name + " is damaged", e);
        }
    }

    void append(List<byte[]> blocks) throws IOException {
        for (byte[] block : blocks) {
            ByteBuffer framed = ByteBuffer.allocate(Integer.BYTES + block.length);
            framed.putInt(block.length).put(block);
            digest.update(framed.array());
            write(file, framed.array());
            bytes += framed.capacity();
        }
    }

    static void write(FileChannel file, byte[] all) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(all);
        while (left.hasRemaining()) {
            file.write(left);
        }
    }

    String name() {
        return name;
    }

    long bytes() {
        return bytes;
    }

    /** Returns the hash of all bytes so far. */
    String sha256() throws IOException {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IOException("the hash of the eventIds cannot be computed", e);
        }
    }

    /** Brings everything to the disk. */
    void force() throws IOException {
        file.force(true);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
