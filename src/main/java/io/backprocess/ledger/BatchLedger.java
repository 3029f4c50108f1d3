package io.backprocess.ledger;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.Counts;
import io.backprocess.batch.OffsetRange;
import io.backprocess.json.ForeignJson;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The work that a batch has committed so far, by partition. It keeps sums and ranges but no lines, so its memory does not depend
 * on how long the batch runs.
 */
public final class BatchLedger {
    private static final ObjectMapper JSON = JsonMapper.builder(
                    ForeignJson.factory().build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * A ledger line, with the time at which it was written.
     *
     * @param at the time at which the line was written
     * @param redriven the details of a redrive, in whose line the counts are differences; null for other lines
     * @param repaired the details of a repair; null for other lines
     */
    public record Commit(
            Instant at,
            LedgerLine line,
            @Nullable Redriven redriven,
            @Nullable Repaired repaired) {

        /** Tells whether the batch's own job has written the line. */
        boolean isOfTheJob() {
            return redriven == null && repaired == null;
        }
    }

    private final Map<Integer, PartitionLedger> partitions = new TreeMap<>();
    private final RecentCommits recent = new RecentCommits();
    private final Set<Redriven.Logic> logics = new LinkedHashSet<>();
    private final boolean following;
    private final long upTo;
    private final Consumer<Commit> lines;
    private long laterLines;
    private long checkpoint = -1;
    private @Nullable Instant lastCommit;

    BatchLedger(List<OffsetRange> ranges) {
        this(ranges, Long.MAX_VALUE, line -> {});
    }

    /**
     * @param upTo the newest checkpoint to include; lines of newer checkpoints are left out
     * @param lines the consumer that gets each line; this ledger does not keep the lines, so its memory does not grow with them
     */
    BatchLedger(List<OffsetRange> ranges, long upTo, Consumer<Commit> lines) {
        this.upTo = upTo;
        this.lines = lines;
        following = OffsetRange.isFollowing(ranges);
        for (OffsetRange range : ranges) {
            partitions.put(range.partition(), new PartitionLedger(range));
        }
    }

    /** @throws IOException if the record is not a ledger line */
    void add(ConsumerRecord<byte[], byte[]> record) throws IOException {
        JsonNode json = JSON.readTree(record.value());
        if (!json.isObject()) {
            throw new IOException("it is not a JSON object");
        }
        JsonNode redriven = json.path(Redriven.FIELD);
        JsonNode repaired = json.path(Repaired.FIELD);
        add(new Commit(
                Instant.ofEpochMilli(record.timestamp()),
                JSON.treeToValue(json, LedgerLine.class),
                redriven.isObject() ? JSON.treeToValue(redriven, Redriven.class) : null,
                repaired.isObject() ? JSON.treeToValue(repaired, Repaired.class) : null));
    }

    void add(LedgerLine line, @Nullable Redriven redriven, Instant at) {
        add(new Commit(at, line, redriven, null));
    }

    void add(Commit commit) {
        LedgerLine line = commit.line();
        if (line.checkpoint() > upTo) {
            return;
        }
        PartitionLedger partition = partitions.get(line.partition());
        if (partition == null) {
            if (!following) {
                throw new IllegalArgumentException("partition " + line.partition() + " is not in the plan");
            }
            partition = added(line.partition());
        }
        partition.add(commit);
        partitions.put(line.partition(), partition);
        recent.add(commit);
        checkpoint = Math.max(checkpoint, line.checkpoint());
        if (commit.isOfTheJob()) {
            lastCommit = commit.at();
        } else {
            laterLines++;
        }
        if (commit.redriven() != null) {
            logics.add(commit.redriven().logic());
        }
        lines.accept(commit);
    }

    /**
     * Returns the partitions of the plan. If the batch follows its topic, the list also has the partitions that were added later
     * and have at least one line.
     */
    public List<PartitionLedger> partitions() {
        return List.copyOf(partitions.values());
    }

    /** Returns a partition's ledger. If the batch follows its topic, the partition may be a new one without any line. */
    public PartitionLedger partition(int partition) {
        PartitionLedger known = partitions.get(partition);
        return known == null && following ? added(partition) : Objects.requireNonNull(known);
    }

    /** Creates the ledger of a partition that was added to the topic after the plan was made. The batch reads all of it. */
    private static PartitionLedger added(int partition) {
        return new PartitionLedger(OffsetRange.openFrom(partition, 0));
    }

    /** Tells whether the batch has no end. */
    boolean isFollowing() {
        return following;
    }

    public boolean isEmpty() {
        return partitions.values().stream().allMatch(PartitionLedger::isEmpty);
    }

    /** Returns the newest checkpoint that has committed a line; -1 if there is none. */
    public long checkpoint() {
        return checkpoint;
    }

    /** Returns what the newest checkpoints have committed, oldest first, at most {@value RecentCommits#CHECKPOINTS}. */
    public List<CheckpointRead> recentCheckpoints() {
        return recent.checkpoints();
    }

    /** Returns the number of records read by lines written after this time. The time must be at most a minute ago. */
    public long readSince(Instant since) {
        return recent.readSince(since);
    }

    /** Returns the number of lines that redrives and repairs have written. */
    public long laterLines() {
        return laterLines;
    }

    /** Returns the distinct combinations of revisions and options that redrives had. */
    public Set<Redriven.Logic> redriveLogics() {
        return Set.copyOf(logics);
    }

    /**
     * Tells whether every partition has been read to its end and every record that was read is accounted for. A batch that
     * follows its topic is never complete.
     */
    public boolean isComplete() {
        return !following && partitions.values().stream().allMatch(PartitionLedger::isComplete);
    }

    /** Returns the sum over the partitions. */
    public Counts total() {
        return partitions.values().stream().map(PartitionLedger::counts).reduce(Counts.NONE, Counts::plus);
    }

    /**
     * Returns, for each partition that has a line, the offset behind the highest one that a line covers. Whoever begins before it
     * writes records twice. Earlier offsets can be missing if Kafka has lost a transaction; {@link #next} returns the first of
     * them.
     */
    public Map<Integer, Long> committed() {
        Map<Integer, Long> committed = new TreeMap<>();
        partitions.forEach((partition, ledger) -> {
            if (!ledger.isEmpty()) {
                committed.put(partition, ledger.committed());
            }
        });
        return committed;
    }

    /** Returns the first offset that no line covers, for each partition. */
    public Map<Integer, Long> next() {
        Map<Integer, Long> next = new TreeMap<>();
        partitions.forEach((partition, ledger) -> next.put(partition, ledger.next()));
        return next;
    }

    /**
     * Returns the time at which the newest line of the batch's job was written; null if there is none. Lines of redrives and
     * repairs do not count, because they come later and say nothing about the speed of the job.
     */
    public @Nullable Instant lastCommit() {
        return lastCommit;
    }

    /**
     * Returns all that redrives have done in a partition. The revisions are empty, because redrives may have had different ones.
     */
    public Redriven redriven(int partition) {
        PartitionLedger known = partitions.get(partition);
        return known == null ? Redriven.none() : known.redriven();
    }

    /** Returns the offsets in one partition of the result topic that redrives have written, from any partition of the source. */
    public Offsets redrivenResults(int resultPartition) {
        return later(
                resultPartition,
                partition -> partition.redriven().resultsFrom(partition.range().partition()));
    }

    /** Returns the offsets in one partition of the result topic that repairs have written, from any partition of the source. */
    public Offsets repairedResults(int resultPartition) {
        return later(
                resultPartition,
                partition -> partition.repaired().resultsFrom(partition.range().partition()));
    }

    private Offsets later(int resultPartition, Function<PartitionLedger, Map<Integer, Offsets>> results) {
        Offsets all = new Offsets();
        if (laterLines == 0) {
            return all;
        }
        for (PartitionLedger partition : partitions.values()) {
            all.addAll(results.apply(partition).getOrDefault(resultPartition, new Offsets()));
        }
        return all;
    }

    /** Returns all that repairs have written for a partition. */
    public Repaired repaired(int partition) {
        PartitionLedger known = partitions.get(partition);
        return known == null ? Repaired.none() : known.repaired();
    }

    /**
     * Returns the source offset ranges of a partition that repairs have processed again, in the order of the ledger. Adjacent
     * ranges are joined.
     */
    public List<OffsetRange> repairedStretches(int partition) {
        PartitionLedger known = partitions.get(partition);
        return known == null ? List.of() : known.repairedStretches();
    }

    /** Returns a text that states all that redrives and repairs have done in a partition. */
    public String laterChanges(int partition) {
        PartitionLedger known = partitions.get(partition);
        return known == null || known.isEmpty() ? "" : known.summary().later().text();
    }

    /** @param next the offset in the ledger behind the last line of the batch */
    LedgerSummary summary(String batchId, long start, long lines, long next) {
        return new LedgerSummary(
                LedgerSummary.FORMAT,
                batchId,
                new LedgerSummary.Extent(start, lines, next),
                new LedgerSummary.Newest(checkpoint, lastCommit == null ? null : lastCommit.toEpochMilli()),
                new LedgerSummary.Later(laterLines, List.copyOf(logics)),
                new LedgerSummary.Recent(
                        new TreeMap<>(recent.byTime()),
                        recent.checkpoints().stream()
                                .map(read -> new LedgerSummary.Read(
                                        read.checkpoint(), read.at().toEpochMilli(), read.read()))
                                .toList()),
                partitions.values().stream()
                        .filter(partition -> !partition.isEmpty())
                        .map(PartitionLedger::summary)
                        .toList());
    }

    /** Puts this empty ledger into the state that it would have after reading all lines that the summary covers. */
    void restore(LedgerSummary summary) {
        for (LedgerSummary.PartitionSummary sum : summary.partitions()) {
            PartitionLedger partition = partitions.get(sum.partition());
            if (partition == null && !following) {
                throw new IllegalArgumentException("partition " + sum.partition() + " is not in the plan");
            }
            partition = partition == null ? added(sum.partition()) : partition;
            partition.restore(sum);
            partitions.put(sum.partition(), partition);
        }
        summary.recent().readByTime().forEach((at, read) -> recent.add(Instant.ofEpochMilli(at), read));
        summary.recent()
                .checkpoints()
                .forEach(read -> recent.add(
                        new CheckpointRead(read.checkpoint(), Instant.ofEpochMilli(read.at()), read.read())));
        logics.addAll(summary.later().logics());
        laterLines = summary.later().laterLines();
        checkpoint = summary.newest().checkpoint();
        lastCommit = summary.newest().lastCommit() == null
                ? null
                : Instant.ofEpochMilli(summary.newest().lastCommit());
    }

    /**
     * Returns this sum in a form that travels to another process, which {@link #read} reads.
     *
     * @throws IllegalStateException if redrives or repairs have processed more offsets of a partition than that form holds
     */
    public byte[] write(String batchId) {
        LedgerSummary summary = summary(batchId, 0, 0, 0);
        if (!summary.fitsOneRecord()) {
            throw BatchException.failed(
                    "the ledger of %s names more redriven or repaired offsets than one summary holds; verify it without --on-cluster"
                            .formatted(batchId));
        }
        return summary.write();
    }

    /** Reads what {@link #write} has written. */
    public static BatchLedger read(List<OffsetRange> ranges, byte[] written) throws IOException {
        BatchLedger ledger = new BatchLedger(ranges);
        ledger.restore(LedgerSummary.read(written));
        return ledger;
    }

    /** Returns the source offsets of each partition that no line covers, see {@link PartitionLedger#missing}. */
    public List<OffsetRange> missing() {
        return partitions.values().stream()
                .flatMap(partition -> partition.missing().stream())
                .toList();
    }
}
