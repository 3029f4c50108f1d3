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
 * Counts eventIds that were taken in several partitions. A batch of dedupe scope {@code partition} does not search for such
 * copies. Each event that is the first of its eventId in a partition adds {@value #ENTRY} bytes to one of {@value #BUCKETS}
 * temporary files, selected by its hash. The files are then counted one after the other. Counting takes 40 bytes of memory for
 * each event of the largest file, about 16 MB for a hundred million events. Writing takes 2 MB. Several threads write.
 */
final class AcrossPartitions implements TakenEvents, AutoCloseable {
    static final int EXAMPLES = 20;
    private static final int BUCKETS = 256;
    /** The bytes of an event: the first half of its hash, half of the second one, its partition and its offset. */
    private static final int ENTRY = 24;

    private final String topic;
    private final Path directory;
    private final List<DataOutputStream> buckets = new ArrayList<>();

    AcrossPartitions(String topic) {
        this(topic, newDirectory());
    }

    /** @param directory a directory for this object alone; {@link #close} deletes it */
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

    @Override
    public void taken(Identity identity, int partition, long offset) {
        DataOutputStream bucket = buckets.get((int) (identity.high() >>> 56));
        synchronized (bucket) {
            try {
                bucket.writeLong(identity.high());
                bucket.writeInt((int) (identity.low() >>> 32));
                bucket.writeInt(partition);
                bucket.writeLong(offset);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "cannot write to the directory in which copies in other partitions are counted; check its free space: "
                                + directory,
                        e);
            }
        }
    }

    /** Counts the events after all of them have been added. */
    Verification.CrossPartitionCopies count() {
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
            examples.sort(CopiesAcross.IN_ORDER);
            return new Verification.CrossPartitionCopies(eventIds, copies, examples);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The events of one file, in a hash table of their indices with open addressing. */
    private static final class Bucket {
        private final long[] highs;
        private final int[] lows;
        private final int[] partitions;
        private final long[] offsets;
        /** The index of the first event of each eventId that has more than one. */
        private final BitSet several = new BitSet();
        /** The further events of some of these eventIds, which serve as examples. */
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
                // Closing writes the rest of the buffer, which fails on a full disk. The file is not read any more.
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
