package io.backprocess.ledger;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.backprocess.batch.Counts;
import io.backprocess.batch.OffsetRange;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What the batch has committed so far, per partition: sums and ranges, and no lines, so that its memory does not depend on how long the
 * batch runs.
 */
public final class BatchLedger {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * What was committed together.
     *
     * @param at when the line was written
     * @param redriven where it is the line of a redrive, whose counts are differences
     * @param repaired where it is the line of a repair
     */
    public record Commit(
            Instant at,
            LedgerLine line,
            @Nullable Redriven redriven,
            @Nullable Repaired repaired) {

        /** Whether the batch's own job has written it. */
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
     * @param upTo lines of younger checkpoints are left out
     * @param lines is shown each line and need not keep it: memory does not grow with the batch
     */
    BatchLedger(List<OffsetRange> ranges, long upTo, Consumer<Commit> lines) {
        this.upTo = upTo;
        this.lines = lines;
        following = OffsetRange.isFollowing(ranges);
        for (OffsetRange range : ranges) {
            partitions.put(range.partition(), new PartitionLedger(range));
        }
    }

    /** @throws IOException when it is no line of a ledger */
    void add(ConsumerRecord<byte[], byte[]> record) throws IOException {
        JsonNode json = JSON.readTree(record.value());
        if (!json.isObject()) {
            throw new IOException("it is no object");
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

    /** Those of the plan, and where the batch follows its topic those that were added later and have something committed. */
    public List<PartitionLedger> partitions() {
        return List.copyOf(partitions.values());
    }

    /** Where the batch follows its topic, also of a partition of which nothing is committed yet. */
    public PartitionLedger partition(int partition) {
        PartitionLedger known = partitions.get(partition);
        return known == null && following ? added(partition) : Objects.requireNonNull(known);
    }

    /** One that the topic got after the plan was made: all of it is read. */
    private static PartitionLedger added(int partition) {
        return new PartitionLedger(OffsetRange.openFrom(partition, 0));
    }

    public boolean isEmpty() {
        return partitions.values().stream().allMatch(PartitionLedger::isEmpty);
    }

    /** The newest checkpoint that has committed a line, -1 where none has. */
    public long checkpoint() {
        return checkpoint;
    }

    /** What the newest checkpoints have committed, {@value RecentCommits#CHECKPOINTS} at most, in their order. */
    public List<CheckpointRead> recentCheckpoints() {
        return recent.checkpoints();
    }

    /** Records of lines that were written after this moment, which is no more than a minute ago. */
    public long readSince(Instant since) {
        return recent.readSince(since);
    }

    /** How many lines are of redrives or repairs. */
    public long laterLines() {
        return laterLines;
    }

    /** The revisions and options that redrives had, each once. */
    public Set<Redriven.Logic> redriveLogics() {
        return Set.copyOf(logics);
    }

    /**
     * Every partition has been read to its end, and every record that was read is accounted for. A batch that follows its
     * topic never is.
     */
    public boolean isComplete() {
        return !following && partitions.values().stream().allMatch(PartitionLedger::isComplete);
    }

    /** The sum over the partitions. */
    public Counts total() {
        return partitions.values().stream().map(PartitionLedger::counts).reduce(Counts.NONE, Counts::plus);
    }

    /** The first offset that is not committed, for each partition that has anything committed. */
    public Map<Integer, Long> committed() {
        Map<Integer, Long> committed = new TreeMap<>();
        partitions.forEach((partition, ledger) -> {
            if (!ledger.isEmpty()) {
                committed.put(partition, ledger.committed());
            }
        });
        return committed;
    }

    /** The first offset that is not committed, for each partition of the plan. */
    public Map<Integer, Long> next() {
        Map<Integer, Long> next = new TreeMap<>();
        partitions.forEach((partition, ledger) -> next.put(partition, ledger.next()));
        return next;
    }

    /** When the newest line of the batch's job was written; redrives and repairs come later and say nothing about its speed. */
    public @Nullable Instant lastCommit() {
        return lastCommit;
    }

    /** All that redrives have done in a partition; it names no revisions, since there may be several. */
    public Redriven redriven(int partition) {
        PartitionLedger known = partitions.get(partition);
        return known == null ? Redriven.none() : known.redriven();
    }

    /** All that repairs have written of a partition. */
    public Repaired repaired(int partition) {
        PartitionLedger known = partitions.get(partition);
        return known == null ? Repaired.none() : known.repaired();
    }

    /**
     * The source offsets of a partition that repairs have put through again, in the order of the ledger; those that lie end to end
     * are one.
     */
    public List<OffsetRange> repairedStretches(int partition) {
        PartitionLedger known = partitions.get(partition);
        return known == null ? List.of() : known.repairedStretches();
    }

    /** @param next the offset in the ledger behind its last line */
    LedgerSummary summary(String batchId, long start, long lines, long next) {
        return new LedgerSummary(
                LedgerSummary.FORMAT,
                batchId,
                start,
                lines,
                next,
                checkpoint,
                lastCommit == null ? null : lastCommit.toEpochMilli(),
                laterLines,
                List.copyOf(logics),
                new TreeMap<>(recent.byTime()),
                recent.checkpoints().stream()
                        .map(read -> new LedgerSummary.Read(
                                read.checkpoint(), read.at().toEpochMilli(), read.read()))
                        .toList(),
                partitions.values().stream()
                        .filter(partition -> !partition.isEmpty())
                        .map(PartitionLedger::summary)
                        .toList());
    }

    /** Of a ledger without lines: as if it had read those that the summary is of. */
    void restore(LedgerSummary summary) {
        for (LedgerSummary.Partition sum : summary.partitions()) {
            PartitionLedger partition = partitions.get(sum.partition());
            if (partition == null && !following) {
                throw new IllegalArgumentException("partition " + sum.partition() + " is not in the plan");
            }
            partition = partition == null ? added(sum.partition()) : partition;
            partition.restore(sum);
            partitions.put(sum.partition(), partition);
        }
        summary.readByTime().forEach((at, read) -> recent.add(Instant.ofEpochMilli(at), read));
        summary.checkpoints()
                .forEach(read -> recent.add(
                        new CheckpointRead(read.checkpoint(), Instant.ofEpochMilli(read.at()), read.read())));
        logics.addAll(summary.logics());
        laterLines = summary.laterLines();
        checkpoint = summary.checkpoint();
        lastCommit = summary.lastCommit() == null ? null : Instant.ofEpochMilli(summary.lastCommit());
    }

    /** Of each partition the source offsets that no line covers, {@link PartitionLedger#missing}. */
    public List<OffsetRange> missing() {
        return partitions.values().stream()
                .flatMap(partition -> partition.missing().stream())
                .toList();
    }
}
