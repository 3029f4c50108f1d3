package io.backprocess.context;

import io.backprocess.batch.BatchException;
import io.backprocess.event.Contexts;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import org.apache.flink.util.FileUtils;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteOptions;

/**
 * Contexts on the local disk, in their own RocksDB. There may be more of them than memory holds, and a lookup needs a
 * subject's last context before any time, which keyed state does not offer. It uses about 100 MiB of native memory. Nothing
 * outlives the process; the contexts are read from Kafka again.
 */
final class ContextStore implements Contexts {
    private static final long CACHE = 32L << 20;
    private static final long WRITE_BUFFER = 32L << 20;
    /** The first stored byte says whether a value follows. */
    private static final byte DELETED = 0;

    private static final byte KNOWN = 1;

    private final String topic;
    private final Path directory;
    private final LRUCache cache;
    private final Options options;
    private final WriteOptions unlogged;
    private final RocksDB contexts;
    private boolean closed;

    /** @param parent the directory in which a directory for the contexts is created; {@link #close} deletes the latter */
    ContextStore(String topic, Path parent) {
        this.topic = topic;
        RocksDB.loadLibrary();
        cache = new LRUCache(CACHE);
        options = new Options()
                .setCreateIfMissing(true)
                .setWriteBufferSize(WRITE_BUFFER)
                // With compression, the lookup of one context would decompress a block of thirty.
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig().setBlockCache(cache));
        unlogged = new WriteOptions().setDisableWAL(true);
        try {
            directory = Files.createTempDirectory(Files.createDirectories(parent), "backprocess-context-");
            contexts = RocksDB.open(options, directory.toString());
        } catch (IOException | RocksDBException e) {
            throw BatchException.failed("cannot keep contexts in %s: %s".formatted(parent, e.getMessage()), e);
        }
    }

    /** @param value the context; null when the subject was deleted */
    void add(byte[] subject, long millis, int partition, long offset, byte @Nullable [] value) {
        byte[] stored = new byte[value == null ? 1 : value.length + 1];
        stored[0] = value == null ? DELETED : KNOWN;
        if (value != null) {
            System.arraycopy(value, 0, stored, 1, value.length);
        }
        try {
            contexts.put(unlogged, ContextKeys.of(subject, millis, partition, offset), stored);
        } catch (RocksDBException e) {
            throw broken(e);
        }
    }

    /**
     * Sorts the contexts. Call this after the last one: lookups in a single sorted run are four times as fast as in several.
     */
    void sort() {
        try {
            contexts.compactRange();
        } catch (RocksDBException e) {
            throw broken(e);
        }
    }

    @Override
    public @Nullable Context asOf(byte[] subject, Instant time) {
        try (RocksIterator at = contexts.newIterator()) {
            at.seekForPrev(ContextKeys.endOf(subject, millis(time)));
            at.status();
            if (!at.isValid() || !ContextKeys.isOf(at.key(), subject)) {
                return null;
            }
            byte[] stored = at.value();
            return new Context(
                    ContextKeys.source(at.key(), topic),
                    stored[0] == DELETED ? null : Arrays.copyOfRange(stored, 1, stored.length));
        } catch (RocksDBException e) {
            throw broken(e);
        }
    }

    /** Rounds down to milliseconds, which Kafka's times have: a context of the same millisecond counts as earlier. */
    private static long millis(Instant time) {
        try {
            return time.toEpochMilli();
        } catch (ArithmeticException e) {
            return time.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    private BatchException broken(RocksDBException e) {
        return BatchException.failed("contexts in %s: %s".formatted(directory, e.getMessage()), e);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        contexts.close();
        unlogged.close();
        options.close();
        cache.close();
        try {
            FileUtils.deleteDirectory(new File(directory.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
