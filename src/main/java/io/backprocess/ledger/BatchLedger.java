package io.backprocess.ledger;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.backprocess.event.OffsetRange;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What the batch has committed so far, per partition. */
public final class BatchLedger {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private static final int CHECKPOINTS = 21;

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
    private final List<Commit> commits = new ArrayList<>();
    private final Map<Integer, Long> committed = new TreeMap<>();
    private final TreeMap<Long, CheckpointRead> recent = new TreeMap<>();
    private final boolean keepsLines;
    private @Nullable Instant lastCommit;
    private final boolean following;

    BatchLedger(List<OffsetRange> ranges) {
        this(ranges, true);
    }

    /** @param keepsLines whether {@link #commits} has them; without, memory does not grow with the batch */
    BatchLedger(List<OffsetRange> ranges, boolean keepsLines) {
        this.keepsLines = keepsLines;
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
        PartitionLedger partition = partitions.get(line.partition());
        if (partition == null) {
            if (!following) {
                throw new IllegalArgumentException("partition " + line.partition() + " is not in the plan");
            }
            partition = added(line.partition());
            partitions.put(line.partition(), partition);
        }
        partition.add(line);
        // A line that only counts still says that the partition was begun.
        committed.merge(line.partition(), Objects.requireNonNullElse(line.next(), 0L), Math::max);
        if (commit.isOfTheJob()) {
            lastCommit = commit.at();
            if (line.checkpoint() >= 0) {
                recent.merge(
                        line.checkpoint(),
                        new CheckpointRead(line.checkpoint(), commit.at(), line.read()),
                        CheckpointRead::plus);
                if (recent.size() > CHECKPOINTS) {
                    recent.pollFirstEntry();
                }
            }
        }
        if (keepsLines) {
            commits.add(commit);
        }
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

    /** Every line, in the order of the ledger. */
    public List<Commit> commits() {
        return List.copyOf(commits);
    }

    public boolean isEmpty() {
        return committed.isEmpty();
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
        return new TreeMap<>(committed);
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

    /** What the newest checkpoints have committed, in their order: at most one more than the twenty rates between them. */
    public List<CheckpointRead> recentCheckpoints() {
        return List.copyOf(recent.values());
    }

    /** All that redrives have done in a partition; it names no revisions, since there may be several. */
    public Redriven redriven(int partition) {
        Redriven all = Redriven.none();
        for (Commit commit : commits) {
            Redriven redriven = commit.redriven();
            if (redriven != null && commit.line().partition() == partition) {
                all.deadLetters().addAll(redriven.deadLetters());
                all.results().addAll(redriven.results());
                all.failed().addAll(redriven.failed());
            }
        }
        return all;
    }

    /** All that repairs have written of a partition. */
    public Repaired repaired(int partition) {
        Repaired all = Repaired.none();
        for (Commit commit : commits) {
            if (commit.repaired() != null && commit.line().partition() == partition) {
                all.addAll(commit.repaired());
            }
        }
        return all;
    }

    /** The source offsets of a partition that repairs have put through again. */
    public List<OffsetRange> repairedStretches(int partition) {
        List<OffsetRange> stretches = new ArrayList<>();
        for (Commit commit : commits) {
            Long from = commit.line().from();
            Long next = commit.line().next();
            if (commit.repaired() != null && commit.line().partition() == partition && from != null && next != null) {
                stretches.add(new OffsetRange(partition, from, next));
            }
        }
        return stretches;
    }

    /** Of each partition the source offsets that no line covers, {@link PartitionLedger#missing}. */
    public List<OffsetRange> missing() {
        return partitions.values().stream()
                .flatMap(partition -> partition.missing().stream())
                .toList();
    }
}
