package io.backprocess.verify;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The results of a batch whose keys choose their partitions, sorted by the partition of the source that they come from. Each
 * partition of the result topic is read once, by one thread. What a matcher needs of a result goes to a temporary file, {@value
 * #ENTRY} bytes for each result. Memory: {@value #BLOCK_BYTES} bytes for each source partition and thread that reads.
 */
public final class PlacedResults implements AutoCloseable {
    private static final int ENTRY = 3 * Long.BYTES;
    private static final int BLOCK_BYTES = 1024 * ENTRY;

    private final Path directory;
    private final Set<Integer> partitions = new TreeSet<>();
    private final Map<Place, Run> runs = new ConcurrentHashMap<>();
    private final Map<Integer, AtomicLong> counts = new ConcurrentHashMap<>();
    private final List<FileChannel> files = new ArrayList<>();

    /**
     * The results of one source partition in one partition of the result topic.
     *
     * @param ofRepairs whether repairs have written them, and not the job
     */
    private record Place(int source, int result, boolean ofRepairs) {}

    /** The blocks of a file that hold the results of one place, in order. */
    private static final class Run {
        private final FileChannel file;
        private final List<Long> blocks = new ArrayList<>();
        private int lastBlockBytes;

        Run(FileChannel file) {
            this.file = file;
        }

        int largestBlockBytes() {
            return blocks.size() == 1 ? lastBlockBytes : BLOCK_BYTES;
        }

        void write(ByteBuffer block) throws IOException {
            block.flip();
            lastBlockBytes = block.limit();
            long at = file.size();
            blocks.add(at);
            while (block.hasRemaining()) {
                at += file.write(block, at);
            }
            block.clear();
        }
    }

    PlacedResults() {
        this(Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** @param directory the directory for temporary files */
    PlacedResults(Path directory) {
        this.directory = directory;
    }

    /** @param planned the number of partitions that the batch writes to; the topic may have more */
    void expect(int planned, Iterable<Integer> existing) {
        for (int partition = 0; partition < planned; partition++) {
            partitions.add(partition);
        }
        existing.forEach(partitions::add);
    }

    /** Returns the partitions of the result topic that results may be in. */
    Set<Integer> partitions() {
        return partitions;
    }

    /** Opens the file for one partition of the result topic. The caller must add all of its results and then close the writer. */
    Writer open(int resultPartition) {
        try {
            Path path = Files.createTempFile(directory, "backprocess-verify-", ".results");
            FileChannel file = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
            synchronized (files) {
                files.add(file);
            }
            return new Writer(resultPartition, file);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Writes the results of one partition of the result topic. */
    final class Writer implements AutoCloseable {
        private final int resultPartition;
        private final FileChannel file;
        private final Map<Place, ByteBuffer> blocks = new ConcurrentHashMap<>();

        private Writer(int resultPartition, FileChannel file) {
            this.resultPartition = resultPartition;
            this.file = file;
        }

        /** Counts a result that is compared elsewhere. */
        void count(int source) {
            counts.computeIfAbsent(source, any -> new AtomicLong()).incrementAndGet();
        }

        void add(int source, boolean ofRepairs, Track.Arrival arrival) {
            count(source);
            Place place = new Place(source, resultPartition, ofRepairs);
            ByteBuffer block = blocks.computeIfAbsent(place, any -> ByteBuffer.allocate(BLOCK_BYTES));
            block.putLong(arrival.offset()).putLong(arrival.origin()).putLong(arrival.digest());
            if (!block.hasRemaining()) {
                write(place, block);
            }
        }

        private void write(Place place, ByteBuffer block) {
            try {
                runs.computeIfAbsent(place, any -> new Run(file)).write(block);
            } catch (IOException e) {
                throw failed(e);
            }
        }

        @Override
        public void close() {
            blocks.forEach((place, block) -> {
                if (block.position() > 0) {
                    write(place, block);
                }
            });
        }
    }

    private static UncheckedIOException failed(IOException e) {
        return new UncheckedIOException(
                "cannot write to the directory for temporary files, where verify sorts results; check its free space, or name another one with -Djava.io.tmpdir",
                e);
    }

    /** Returns the number of results of a source partition, of all writers. */
    long count(int source) {
        return counts.getOrDefault(source, new AtomicLong()).get();
    }

    /** Returns the number of results, of all writers. */
    long total() {
        return counts.values().stream().mapToLong(AtomicLong::get).sum();
    }

    /** Returns the results of one source partition in one partition of the result topic, in their order there. */
    Track track(int source, int resultPartition, boolean ofRepairs) {
        return new RunTrack(runs.get(new Place(source, resultPartition, ofRepairs)));
    }

    private static final class RunTrack implements Track {
        private final @Nullable Run run;
        private final ByteBuffer block;
        private int nextBlock;
        private @Nullable Arrival head;
        private long behind;
        private long taken;

        RunTrack(@Nullable Run run) {
            this.run = run;
            this.block = ByteBuffer.allocate(run == null ? 0 : run.largestBlockBytes())
                    .limit(0);
        }

        @Override
        public boolean takes(ProducerRecord<byte[], byte[]> expected) {
            Arrival next = peek();
            if (next == null || next.digest() != Content.digest(Output.RESULTS, expected)) {
                return false;
            }
            next();
            return true;
        }

        @Override
        public @Nullable Arrival next() {
            Arrival next = peek();
            head = null;
            if (next != null) {
                taken++;
                behind = next.offset() + 1;
            }
            return next;
        }

        @Override
        public long position() {
            return head == null ? behind : head.offset();
        }

        @Override
        public void resume(long position, long alreadyTaken) {
            for (Arrival next = peek(); next != null && next.offset() < position; next = peek()) {
                head = null;
            }
            behind = position;
            taken = alreadyTaken;
        }

        private @Nullable Arrival peek() {
            if (head == null && (block.hasRemaining() || read())) {
                head = new Arrival(block.getLong(), block.getLong(), block.getLong());
            }
            return head;
        }

        private boolean read() {
            if (run == null || nextBlock == run.blocks.size()) {
                return false;
            }
            try {
                long at = run.blocks.get(nextBlock++);
                block.clear();
                block.limit(nextBlock == run.blocks.size() ? run.lastBlockBytes : BLOCK_BYTES);
                while (block.hasRemaining()) {
                    if (run.file.read(block, at + block.position()) < 0) {
                        throw new IOException("the file ends too early");
                    }
                }
                block.flip();
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public long taken() {
            return taken;
        }

        @Override
        public void close() {
            // The file belongs to all tracks.
        }
    }

    /** Deletes the files. */
    @Override
    public void close() {
        for (FileChannel file : files) {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
