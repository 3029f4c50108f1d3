package io.backprocess.verify;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.dedupe.SeenIds;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The last proof of a batch, kept in a directory, so that the next one proves only what is new: the file {@value #INDEX} with the
 * state of each partition, and beside it a file of eventIds for each ({@link IdFile}).
 *
 * <p>The index is replaced as one, after everything that it names is on disk. Killed before that: the next proof goes on from the
 * index that was there, and cuts the files of eventIds to the lengths that it states.
 */
public final class KeptProofs implements ProofKeeper, AutoCloseable {
    /** Says why a proof is not kept. */
    public static final String NOT_KEPT =
            "this proof is not kept, because the batch is not proven right as far as it has come";

    private static final String INDEX = "proof.json";
    private static final int FORMAT = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final BatchPlan plan;
    private final Consumer<String> notes;
    private final FileChannel lock;
    private final Map<Integer, KeptLane> kept = new TreeMap<>();
    /** The reason for which this proof cannot be kept; null if it can. It is proven all the same. */
    private volatile @Nullable IOException failure;

    /**
     * The proof of one partition.
     *
     * @param basis what the proof rests on, as {@link Evidence#basis} states it
     * @param lane the state of the {@link Lane}, in Base64
     * @param file the name of the file with the eventIds
     * @param bytes the number of bytes of that file
     * @param sha256 their hash
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record KeptLane(String basis, String lane, String file, long bytes, String sha256) {
        byte[] state() {
            return Base64.getDecoder().decode(lane);
        }
    }

    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Index(int format, String batchId, String planHash, Map<Integer, KeptLane> partitions) {}

    private KeptProofs(Path directory, BatchPlan plan, Consumer<String> notes, FileChannel lock) {
        this.directory = directory;
        this.plan = plan;
        this.notes = notes;
        this.lock = lock;
    }

    /**
     * Opens the last proof of a batch.
     *
     * @param parent the directory for the proofs of all batches; it is created if it does not exist
     * @param notes receives a sentence for the user about each partition that begins anew
     * @throws BatchException refused, while another process uses the proof
     */
    public static KeptProofs open(Path parent, BatchPlan plan, Consumer<String> notes) {
        Path directory = parent.resolve(plan.spec().batchId());
        try {
            Files.createDirectories(directory);
            FileChannel lock =
                    FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (lock.tryLock() == null) {
                    throw inUse(directory);
                }
                KeptProofs proofs = new KeptProofs(directory, plan, notes, lock);
                proofs.read();
                return proofs;
            } catch (OverlappingFileLockException e) {
                lock.close();
                throw inUse(directory);
            } catch (RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    private static BatchException inUse(Path directory) {
        return BatchException.refused(
                "another verify uses the proof in %s; wait until it has ended".formatted(directory));
    }

    static BatchException failed(Path directory, IOException e) {
        return BatchException.failed(
                "the proof cannot be kept in %s: %s; check its free space and its owner, or name another directory with --proof-dir"
                        .formatted(directory, e),
                e);
    }

    private void read() throws IOException {
        Path file = directory.resolve(INDEX);
        if (!Files.exists(file)) {
            notes.accept("there is no proof of %s in %s yet, so all of it is proven"
                    .formatted(plan.spec().batchId(), directory));
            return;
        }
        try {
            Index index = JSON.readValue(Files.readAllBytes(file), Index.class);
            if (index.format == FORMAT && plan.hash().equals(index.planHash)) {
                kept.putAll(index.partitions);
            } else {
                notes.accept(
                        "%s is of another plan or of another version, so all of it is proven again".formatted(file));
            }
        } catch (IOException e) {
            notes.accept("%s is damaged, so all of it is proven again".formatted(file));
        }
    }

    /** A partition's part of the proof, while it is being proven. */
    final class Partition implements AutoCloseable {
        private final int partition;
        private final String basis;
        private final SeenIds seen;
        private final IdFile ids;
        private final byte @Nullable [] earlier;
        private byte @Nullable [] reached;

        /** @param earlier the state of the lane of the last proof; null to begin anew */
        private Partition(int partition, String basis, SeenIds seen, IdFile ids, byte @Nullable [] earlier) {
            this.partition = partition;
            this.basis = basis;
            this.seen = seen;
            this.ids = ids;
            this.earlier = earlier;
        }

        Lane open(Evidence evidence) {
            return earlier == null
                    ? Lane.begin(evidence, partition, seen)
                    : Lane.goOn(evidence, partition, seen, earlier);
        }

        /** Writes the eventIds that are new since the last call. */
        void writeIds() {
            List<byte[]> news = seen.drain();
            if (failure == null) {
                try {
                    ids.append(news);
                } catch (IOException e) {
                    failure = e;
                }
            }
        }

        /** Notes the state of the lane after its last record. */
        void reached(Lane lane) {
            reached = lane.canGoOn() ? lane.state() : null;
        }

        /** Keeps the state that was noted, if there is one, for {@link #commit}. */
        @Override
        public void close() {
            try (ids) {
                if (reached != null && failure == null) {
                    ids.force();
                    KeptLane lane = new KeptLane(
                            basis, Base64.getEncoder().encodeToString(reached), ids.name(), ids.bytes(), ids.sha256());
                    synchronized (kept) {
                        kept.put(partition, lane);
                    }
                }
            } catch (IOException e) {
                failure = e;
            }
        }
    }

    /**
     * Begins with a partition.
     *
     * @param basis what the proof rests on now
     */
    Partition begin(int partition, String basis) {
        KeptLane lane;
        synchronized (kept) {
            lane = kept.get(partition);
        }
        try {
            if (lane != null && !lane.basis.equals(basis)) {
                notes.accept(
                        "partition %d is proven from its beginning: a redrive, a repair or a new topic has changed it since the last proof"
                                .formatted(partition));
            } else if (lane != null) {
                SeenIds seen = SeenIds.drained(plan.seed());
                try {
                    return new Partition(
                            partition,
                            basis,
                            seen,
                            IdFile.goOn(directory.resolve(lane.file), lane, seen),
                            lane.state());
                } catch (IOException | IllegalArgumentException e) {
                    notes.accept("partition %d is proven from its beginning: %s".formatted(partition, e.getMessage()));
                }
            }
            String name = "%d-%s.ids".formatted(partition, UUID.randomUUID());
            return new Partition(
                    partition, basis, SeenIds.drained(plan.seed()), IdFile.create(directory.resolve(name)), null);
        } catch (IOException e) {
            throw failed(directory, e);
        }
    }

    @Override
    public void commit() {
        try {
            if (failure == null) {
                writeIndex();
            }
        } catch (IOException e) {
            failure = e;
        }
        IOException cause = failure;
        notes.accept(
                cause == null
                        ? "the proof is kept in " + directory
                        : "warning: " + failed(directory, cause).getMessage());
    }

    private void writeIndex() throws IOException {
        Index index = new Index(FORMAT, plan.spec().batchId(), plan.hash(), kept);
        Path written = directory.resolve(INDEX + ".new");
        try (FileChannel file = FileChannel.open(
                written, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            IdFile.write(file, JSON.writeValueAsBytes(index));
            file.force(true);
        }
        Files.move(
                written, directory.resolve(INDEX), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void leave() {
        notes.accept(NOT_KEPT);
    }

    /** Deletes the files of eventIds that the index does not name. */
    private void deleteOthers() throws IOException {
        Path file = directory.resolve(INDEX);
        Map<Integer, KeptLane> named =
                Files.exists(file) ? JSON.readValue(Files.readAllBytes(file), Index.class).partitions : Map.of();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path each : files.toList()) {
                String name = each.getFileName().toString();
                boolean isNamed = named.values().stream().anyMatch(lane -> lane.file.equals(name));
                if (name.endsWith(".ids") && !isNamed) {
                    Files.delete(each);
                }
            }
        }
    }

    @Override
    public void close() {
        try (lock) {
            deleteOthers();
        } catch (IOException e) {
            // Files that are not named cost space until the next proof deletes them.
        }
    }
}
