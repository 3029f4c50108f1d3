package io.backprocess.verify;

import io.backprocess.plan.BatchPlan;
import io.backprocess.publish.ResultHeaders;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.apache.kafka.common.TopicPartition;

/** What there is to look at: how far the ledger goes, and from where to where each topic is to be read. */
final class Evidence {
    private final BatchPlan plan;
    private final Properties kafka;
    private final ClassLoader revisions;
    private final int maxResultBytes;
    private final boolean complete;
    private final Map<Integer, Extent> extents;
    private final Map<Output, Map<Integer, Stretch>> outputs;
    private final LongConsumer progress;
    private final AtomicLong passed = new AtomicLong();
    final Findings findings;

    Evidence(
            BatchPlan plan,
            Properties kafka,
            ClassLoader revisions,
            int maxResultBytes,
            boolean complete,
            Map<Integer, Extent> extents,
            Map<Output, Map<Integer, Stretch>> outputs,
            Findings findings,
            LongConsumer progress) {
        this.plan = plan;
        this.kafka = kafka;
        this.revisions = revisions;
        this.maxResultBytes = maxResultBytes;
        this.complete = complete;
        this.extents = extents;
        this.outputs = outputs;
        this.findings = findings;
        this.progress = progress;
    }

    /** Those of the plan, and more where a topic has more. */
    List<Integer> partitions() {
        return List.copyOf(extents.keySet());
    }

    Extent extent(int partition) {
        return extents.getOrDefault(partition, Extent.none(partition));
    }

    /** Whether the batch has committed its whole range. */
    boolean isComplete() {
        return complete;
    }

    long seed() {
        return plan.seed();
    }

    boolean hasOrigins(Output output) {
        return output == Output.DEAD_LETTERS || plan.spec().resultHeaders() != ResultHeaders.NONE;
    }

    Replay replay() {
        return new Replay(plan, maxResultBytes, revisions);
    }

    /** What the batch has committed of the partition. */
    PartitionReader source(int partition) {
        Extent extent = extent(partition);
        TopicPartition source = new TopicPartition(plan.spec().sourceTopic(), partition);
        return new PartitionReader(new Stretch(source, extent.start(), extent.next()), kafka);
    }

    Track track(Output output, int partition) {
        String topic = output == Output.RESULTS
                ? plan.spec().resultTopic()
                : plan.spec().deadLetterTopic();
        Stretch nothing = new Stretch(new TopicPartition(topic, partition), 0, 0);
        Stretch stretch = outputs.getOrDefault(output, Map.of()).getOrDefault(partition, nothing);
        return new Track(output, stretch, plan.spec().sourceTopic(), extent(partition), findings);
    }

    PartitionReader read(Track track) {
        return new PartitionReader(track.stretch, kafka);
    }

    Lane lane(Track track) {
        return hasOrigins(track.output) ? new OriginLane(track, read(track)) : new ContentLane(track, read(track));
    }

    /** So many more source offsets are done. */
    void passed(long offsets) {
        progress.accept(passed.addAndGet(offsets));
    }
}
