package io.backprocess.preview;

import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What a batch would do, told from a sample. It is what {@code preview --output json} prints; the field names are kept.
 *
 * @param changes kinds of change, the most frequent first
 * @param otherChanges events of further kinds, where there are too many to tell them all
 * @param deadLetters by stage and reason, the most frequent first
 * @param skippedByVersion events of other versions
 * @param estimate of the whole range; null where the sample is the whole range
 * @param against null where no earlier batch was asked for
 */
public record Preview(
        Subject subject,
        Sample sample,
        SampleCounts counts,
        List<Kind> changes,
        long otherChanges,
        List<DeadKind> deadLetters,
        SortedMap<String, Long> skippedByVersion,
        @Nullable Estimate estimate,
        Throughput throughput,
        @Nullable Comparison against) {

    /** @param toVersion of the results; null where there is none */
    public record Subject(
            String sourceTopic,
            String from,
            String until,
            String fromVersion,
            @Nullable String toVersion,
            String revision) {}

    /**
     * Of what was looked at.
     *
     * @param whole whether it is all of the range
     * @param offsets of the range, which may be more than there are records
     * @param rangeRecords about how many records the range has, judged by the gaps in the sample
     */
    public record Sample(long records, boolean whole, int slices, int partitions, long offsets, long rangeRecords) {}

    /**
     * {@code read = taken + skipped + outside + duplicates + deadLetters} and {@code taken = changed + unchanged + split + withoutResult}.
     *
     * @param duplicates copies of an eventId whose first copy is in the sample too
     * @param results of those that were taken
     * @param outside records that an exact time range does not take
     * @param copiesElsewhere of those that were taken, copies of an eventId that was taken in another partition before
     * @param unchanged taken, and nothing is different but correlationId and processVersion
     */
    public record SampleCounts(
            long read,
            long taken,
            long skipped,
            long duplicates,
            long deadLetters,
            long changed,
            long unchanged,
            long split,
            long withoutResult,
            long results,
            long outside,
            long copiesElsewhere) {}

    /** Records of the whole range, by the sample's shares. Copies are not reckoned: most of them lie too far apart. */
    public record Estimate(long changed, long unchanged, long taken, long skipped, long deadLetters, long results) {

        static Estimate of(SampleCounts counts, long rangeRecords) {
            double scale = counts.read() == 0 ? 0 : (double) rangeRecords / counts.read();
            return new Estimate(
                    Math.round(counts.changed() * scale),
                    Math.round(counts.unchanged() * scale),
                    Math.round(counts.taken() * scale),
                    Math.round(counts.skipped() * scale),
                    Math.round(counts.deadLetters() * scale),
                    Math.round(counts.results() * scale));
        }
    }

    /**
     * Of the revision alone, on one thread, over the later half of the sample.
     *
     * @param events that were measured
     */
    public record Throughput(long events, double microsAnEvent, long eventsPerSecond) {

        static Throughput of(long events, long nanos) {
            return events == 0 || nanos == 0
                    ? new Throughput(events, 0, 0)
                    : new Throughput(events, nanos / 1e3 / events, Math.round(events * 1e9 / nanos));
        }
    }
}
