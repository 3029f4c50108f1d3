package io.backprocess.plan;

import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.Instants;
import io.backprocess.batch.OffsetRange;
import io.backprocess.kafka.KafkaAdmin;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;

/** Resolves the range of a specification to offsets of a topic as it is now. */
public final class Ranges {
    private Ranges() {}

    public static List<OffsetRange> of(BatchSpec spec, int partitions, KafkaAdmin kafka) {
        String topic = spec.sourceTopic();
        Map<Integer, ListOffsetsResultInfo> latest = kafka.offsets(topic, partitions, OffsetSpec.latest());
        Map<Integer, ListOffsetsResultInfo> starts = kafka.offsets(topic, partitions, start(spec));
        boolean follows = spec.range().until().equals(BatchSpec.NEVER);
        Map<Integer, ListOffsetsResultInfo> ends = follows ? latest : kafka.offsets(topic, partitions, end(spec));
        List<OffsetRange> ranges = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            long stable = offset(latest, partition, 0);
            // No record is as young as the instant: the range begins, or ends, where the partition ends. Offsets
            // after the last stable one cannot be read yet.
            long start = Math.min(offset(starts, partition, stable), stable);
            long end = Math.min(offset(ends, partition, stable), stable);
            ranges.add(
                    follows
                            ? OffsetRange.openFrom(partition, start)
                            : new OffsetRange(partition, start, Math.max(start, end)));
        }
        return ranges;
    }

    /** Returns where a batch starts. Kafka's index cannot resolve an exact range of times, unless the disorder is bounded. */
    private static OffsetSpec start(BatchSpec spec) {
        Instant from = spec.fromInstant();
        Duration disorder = spec.maxDisorder();
        if (from == null || (spec.exactTimes() != null && disorder == null)) {
            return OffsetSpec.earliest();
        }
        return Instants.offset(disorder == null ? from : from.minus(disorder));
    }

    /** Returns where a batch ends that does not follow its topic. */
    public static OffsetSpec end(BatchSpec spec) {
        Instant until = spec.untilInstant();
        Duration disorder = spec.maxDisorder();
        if (until == null || (spec.exactTimes() != null && disorder == null)) {
            return OffsetSpec.latest();
        }
        return Instants.offset(disorder == null ? until : until.plus(disorder));
    }

    public static long offset(Map<Integer, ListOffsetsResultInfo> offsets, int partition, long otherwise) {
        ListOffsetsResultInfo info = offsets.get(partition);
        return info == null || info.offset() < 0 ? otherwise : info.offset();
    }
}
