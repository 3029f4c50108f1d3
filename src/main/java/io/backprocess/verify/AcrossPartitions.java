package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds.Identity;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Counts eventIds that were taken in several partitions, which a batch of dedupe scope {@code partition} does not look for. Each
 * event that was the first of its partition leaves {@value #ENTRY} bytes in a temporary file, in one of {@value #BUCKETS} by its
 * hash, and the files are counted one after the other: memory is 40 bytes for each event of the largest, about 16 MB for a hundred
 * million events, and 2 MB for writing. Several threads write.
 */
final class AcrossPartitions implements AutoCloseable {
    static final int EXAMPLES = 20;
    private static final int BUCKETS = 256;
    /** Hash, half a hash, partition and offset. */
    private static final int ENTRY = 24;

    private final String topic;
    private final Path directory;
    private final List<DataOutputStream> buckets = new ArrayList<>();

    AcrossPartitions(String topic) {
        this(topic, newDirectory());
    }

    /** @param directory of its own, which is gone when this is closed */
    AcrossPartitions(String topic, Path directory) {
        this.topic = topic;
        this.directory = directory;
        try {
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                buckets.add(new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file(bucket)))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path newDirectory() {
        try {
            return Files.createTempDirectory("backprocess-verify-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(int bucket) {
        return directory.resolve(String.valueOf(bucket));
    }

    /** The first event of this eventId in its partition. */
    void taken(Identity identity, int partition, long offset) {
        DataOutputStream bucket = buckets.get((int) (identity.high() >>> 56));
        synchronized (bucket) {
            try {
                bucket.writeLong(identity.high());
                bucket.writeInt((int) (identity.low() >>> 32));
                bucket.writeInt(partition);
                bucket.writeLong(offset);
            } catch (IOException e) {
                throw new UncheckedIOException("copies in other partitions are looked for in " + directory, e);
            }
        }
    }

    /** When all are there. */
    Verification.AcrossPartitions count() {
        try {
            long eventIds = 0;
            long copies = 0;
            List<List<String>> examples = new ArrayList<>();
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                buckets.get(bucket).close();
                Bucket read = new Bucket(file(bucket));
                eventIds += read.eventIds;
                copies += read.copies;
                read.examples(EXAMPLES - examples.size(), topic, examples);
            }
            return new Verification.AcrossPartitions(eventIds, copies, examples);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The events of one file, by an open table of their indices. */
    private static final class Bucket {
        private final long[] highs;
        private final int[] lows;
        private final int[] partitions;
        private final long[] offsets;
        /** Indices of the first of each eventId that has more. */
        private final BitSet several = new BitSet();
        /** What follows some of them, to be shown. */
        private final Map<Integer, List<Integer>> others = new HashMap<>();

        long eventIds;
        long copies;

        Bucket(Path file) throws IOException {
            int size = Math.toIntExact(Files.size(file) / ENTRY);
            highs = new long[size];
            lows = new int[size];
            partitions = new int[size];
            offsets = new long[size];
            int[] table = new int[Math.max(16, Integer.highestOneBit(Math.max(1, size)) * 4)];
            Arrays.fill(table, -1);
            try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
                for (int i = 0; i < size; i++) {
                    highs[i] = in.readLong();
                    lows[i] = in.readInt();
                    partitions[i] = in.readInt();
                    offsets[i] = in.readLong();
                    put(table, i);
                }
            }
        }

        private void put(int[] table, int index) {
            int at = (int) (highs[index] ^ lows[index]) & table.length - 1;
            while (table[at] >= 0 && !same(table[at], index)) {
                at = at + 1 & table.length - 1;
            }
            if (table[at] < 0) {
                table[at] = index;
                return;
            }
            copies++;
            if (!several.get(table[at])) {
                several.set(table[at]);
                eventIds++;
            }
            List<Integer> more = others.get(table[at]);
            if (more == null && others.size() < EXAMPLES) {
                others.put(table[at], new ArrayList<>(List.of(index)));
            } else if (more != null && more.size() < EXAMPLES) {
                more.add(index);
            }
        }

        private boolean same(int one, int other) {
            return highs[one] == highs[other] && lows[one] == lows[other];
        }

        void examples(int most, String topic, List<List<String>> examples) {
            others.entrySet().stream()
                    .limit(Math.max(0, most))
                    .forEach(each -> examples.add(Stream.concat(Stream.of(each.getKey()), each.getValue().stream())
                            .map(index -> "%s/%d/%d".formatted(topic, partitions[index], offsets[index]))
                            .sorted()
                            .toList()));
        }
    }

    @Override
    public void close() {
        for (DataOutputStream bucket : buckets) {
            try {
                bucket.close();
            } catch (IOException e) {
                // It writes what is left, and the disk may be full; nobody reads it any more.
            }
        }
        try {
            for (int bucket = 0; bucket < BUCKETS; bucket++) {
                Files.deleteIfExists(file(bucket));
            }
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
