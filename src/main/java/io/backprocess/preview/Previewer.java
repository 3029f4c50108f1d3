package io.backprocess.preview;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.SizeLimits;
import io.backprocess.context.ContextLoader;
import io.backprocess.context.ContextTopic;
import io.backprocess.decode.LegacyContextJoin;
import io.backprocess.envelope.Envelope;
import io.backprocess.event.Outcome;
import io.backprocess.event.SourceRecord;
import io.backprocess.kafka.ExactlyOnce;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.plan.Planner;
import io.backprocess.plan.Topics;
import io.backprocess.preview.Preview.Estimate;
import io.backprocess.preview.Preview.Sample;
import io.backprocess.preview.Preview.SampleCounts;
import io.backprocess.preview.Preview.Subject;
import io.backprocess.preview.Slices.Slice;
import io.backprocess.replay.Replay;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Tries a batch on a sample of its range. It belongs to no consumer group, and writes and creates nothing. */
public final class Previewer {
    /** The state format of a plan without state. */
    private static final int NO_STATE = 0;

    private final KafkaClients kafka;
    private final ClassLoader revisions;
    private final long sampleSize;
    private final int examples;

    /**
     * @param revisions the class loader that has the revisions
     * @param sampleSize the most records to read
     * @param examples the most examples of each kind
     */
    public Previewer(KafkaClients kafka, ClassLoader revisions, long sampleSize, int examples) {
        this.kafka = kafka;
        this.revisions = revisions;
        this.sampleSize = sampleSize;
        this.examples = examples;
    }

    /**
     * Previews a batch.
     *
     * @param spec the batch's specification; its batch id is never used in a result
     * @param against the id of an earlier batch to compare with; null for none
     * @throws BatchException when the range has no records, or Kafka does not answer
     */
    public Preview preview(BatchSpec spec, @Nullable String against) {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            BatchPlan plan =
                    new Planner(admin).plan(spec, NO_STATE, "preview", null).with(ContextTopic.freeze(spec, admin));
            List<OffsetRange> ranges = untilNow(plan, admin);
            Slices slices = Slices.of(ranges, sampleSize);
            if (slices.offsets() == 0) {
                throw BatchException.usage(
                        "no record of %s is between --from %s and --until %s, so there is nothing to preview"
                                .formatted(
                                        spec.sourceTopic(),
                                        spec.range().from(),
                                        spec.range().until()));
            }
            try (LegacyContextJoin legacyJoin = LegacyContextJoin.of(plan.spec(), ContextLoader.open(plan, kafka));
                    SampleReader reader = new SampleReader(kafka)) {
                Envelope envelope = Envelope.of(spec, kafka);
                Replay replay = new Replay(
                        plan,
                        Replay.Logic.of(spec).reading(envelope.mapping().values()),
                        SizeLimits.ofResults(Math.min(
                                ExactlyOnce.largestRecord(kafka),
                                new Topics(admin).newResultBytes(spec.sourceTopic()))),
                        revisions,
                        legacyJoin);
                DryRun run = new DryRun(plan, envelope, replay, Math.min(sampleSize, slices.offsets()) / 2, examples);
                Baseline earlier = against == null
                        ? null
                        : baseline(EarlierBatch.open(against, spec.sourceTopic(), admin, reader), envelope, against);
                for (OffsetRange range : ranges) {
                    look(spec.sourceTopic(), slices.of(range.partition()), reader, run, earlier);
                }
                run.finish();
                return preview(spec, slices, reader.passed(), ranges.size(), run, earlier);
            }
        }
    }

    /** Returns the ranges. A range without an end is cut at the records that exist now. */
    private static List<OffsetRange> untilNow(BatchPlan plan, KafkaAdmin admin) {
        if (!plan.isFollowing()) {
            return plan.ranges();
        }
        Map<Integer, Long> ends = admin.stableEnds(plan.spec().sourceTopic());
        return plan.ranges().stream()
                .map(range -> new OffsetRange(
                        range.partition(),
                        range.start(),
                        Math.max(range.start(), ends.getOrDefault(range.partition(), range.start()))))
                .toList();
    }

    private record Baseline(EarlierBatch batch, Comparing comparing) {}

    private Baseline baseline(EarlierBatch batch, Envelope envelope, String batchId) {
        return new Baseline(
                batch, new Comparing(batchId, batch.revision(), batch.mapping(), envelope.mapping(), examples));
    }

    private static void look(
            String topic, List<Slice> slices, SampleReader reader, DryRun run, @Nullable Baseline earlier) {
        run.beginPartition();
        List<List<ConsumerRecord<byte[], byte[]>>> kept = new ArrayList<>();
        for (Slice slice : slices) {
            if (earlier == null) {
                reader.read(topic, slice, record -> run.look(SourceRecord.of(record)));
            } else {
                List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
                reader.read(topic, slice, records::add);
                kept.add(records);
            }
        }
        kept.removeIf(List::isEmpty);
        if (earlier != null && !kept.isEmpty()) {
            compare(kept, run, earlier);
        }
    }

    /** Compares the sample of a whole partition, so that the earlier batch's output for it is found in one pass. */
    private static void compare(List<List<ConsumerRecord<byte[], byte[]>>> slices, DryRun run, Baseline earlier) {
        int partition = slices.get(0).get(0).partition();
        Map<Long, Written> written = SampleReader.orExplain(() -> earlier.batch.find(partition, slices));
        slices.forEach(records -> records.forEach(record -> {
            SourceRecord source = SourceRecord.of(record);
            Outcome now = run.look(source);
            if (earlier.batch.covers(partition, record.offset())) {
                earlier.comparing.add(
                        run.origin(source), source, written.getOrDefault(record.offset(), new Written()), now);
            } else {
                earlier.comparing.addOutside();
            }
        }));
    }

    private static Preview preview(
            BatchSpec spec, Slices slices, long passed, int partitions, DryRun run, @Nullable Baseline earlier) {
        SampleCounts counts = run.counts();
        long rangeRecords = slices.whole() || passed == 0
                ? counts.fates().read()
                : Math.round((double) slices.offsets() / passed * counts.fates().read());
        return new Preview(
                new Subject(
                        spec.sourceTopic(),
                        spec.range().from(),
                        spec.range().until(),
                        spec.logic().fromVersion(),
                        run.changes().version(),
                        spec.revision()),
                new Sample(
                        counts.fates().read(),
                        slices.whole(),
                        slices.slices().size(),
                        partitions,
                        slices.offsets(),
                        rangeRecords),
                counts,
                new Preview.FoundKinds(
                        run.changes().kinds().kinds(),
                        run.changes().kinds().others(),
                        run.deadLetters().kinds(),
                        run.skippedByVersion()),
                slices.whole() ? null : Estimate.of(counts, rangeRecords),
                run.throughput(),
                earlier == null ? null : earlier.comparing.comparison(),
                run.envelope());
    }
}
