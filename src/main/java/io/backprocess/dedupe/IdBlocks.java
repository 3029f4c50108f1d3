package io.backprocess.dedupe;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Ids in the form of the state: those since the last checkpoint, in blocks that are written once and never changed. */
final class IdBlocks {
    static final int ENTRY_BYTES = 2 * Long.BYTES;
    /** 1 MiB of ids: large enough that millions of ids make few blocks, small enough for RocksDB. */
    static final int MAX_BLOCK_ENTRIES = 65_536;

    private static final int FIRST_BYTES = 1024 * ENTRY_BYTES;

    private final List<byte[]> full = new ArrayList<>();
    private ByteBuffer open = ByteBuffer.allocate(0);

    /** Receives the ids of a block one by one. */
    interface Reader {
        void id(long high, long low) throws Exception;
    }

    void add(long high, long low) {
        if (!open.hasRemaining()) {
            makeRoom();
        }
        open.putLong(high).putLong(low);
    }

    private void makeRoom() {
        int capacity = open.capacity();
        if (capacity < MAX_BLOCK_ENTRIES * ENTRY_BYTES) {
            open = ByteBuffer.allocate(Math.max(FIRST_BYTES, capacity * 4)).put(open.flip());
        } else {
            full.add(open.array());
            open = ByteBuffer.allocate(capacity);
        }
    }

    /** Returns what was added since the last call, as blocks of whole entries. */
    List<byte[]> drain() {
        List<byte[]> blocks = new ArrayList<>(full);
        if (open.position() > 0) {
            blocks.add(Arrays.copyOf(open.array(), open.position()));
        }
        full.clear();
        open.clear();
        return blocks;
    }

    static void read(byte[] block, Reader reader) throws Exception {
        if (block.length % ENTRY_BYTES != 0) {
            throw new IllegalStateException("a block of %s bytes is not a block of ids".formatted(block.length));
        }
        ByteBuffer ids = ByteBuffer.wrap(block);
        while (ids.hasRemaining()) {
            reader.id(ids.getLong(), ids.getLong());
        }
    }
}
