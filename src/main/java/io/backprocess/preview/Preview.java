package io.backprocess.preview;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.backprocess.event.EnvelopeForm;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Place;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The expected effect of a batch, computed from a sample. It is the JSON of {@code preview --output json}, and its field names
 * must not change.
 *
 * @param estimate the estimate for the whole range; null where the sample is the whole range
 * @param against the comparison with an earlier batch; null where none was requested
 * @param envelope where results say what they are, and what records look like that are no events
 */
public record Preview(
        Subject subject,
        Sample sample,
        SampleCounts counts,
        @JsonUnwrapped FoundKinds kinds,
        @Nullable Estimate estimate,
        Throughput throughput,
        @Nullable Comparison against,
        EnvelopeLook envelope) {

    /**
     * The envelope of the history.
     *
     * @param name the name of the preset or mapping
     * @param batchAt the places where results name their batch; empty where they do not
     * @param processVersionAt the places where results have their version
     * @param eventIdAt the places where several results of one event have their ids; empty where they have none
     * @param looksLike what sampled records look like that are no events; null where almost all are events
     */
    public record EnvelopeLook(
            String name,
            List<String> batchAt,
            List<String> processVersionAt,
            List<String> eventIdAt,
            @Nullable String looksLike) {
        static EnvelopeLook of(EnvelopeMapping mapping, @Nullable String looksLike) {
            return new EnvelopeLook(
                    mapping.name(),
                    places(mapping, EnvelopeForm.Stamp::batch),
                    places(mapping, EnvelopeForm.Stamp::processVersion),
                    places(mapping, EnvelopeForm.Stamp::eventId),
                    looksLike);
        }

        private static List<String> places(
                EnvelopeMapping mapping, Function<EnvelopeForm.Stamp, @Nullable Place> place) {
            return mapping.forms().stream()
                    .filter(form -> form.refusal() == null)
                    .map(form -> place.apply(form.stamp()))
                    .filter(Objects::nonNull)
                    .map(Place::toString)
                    .distinct()
                    .toList();
        }
    }

    /**
     * The outcomes of the sample, by kind.
     *
     * @param changes the kinds of change, the most frequent first
     * @param otherChanges the number of events of further kinds, where there are too many to list
     * @param deadLetters the dead letters by stage and reason, the most frequent first
     * @param skippedByVersion the number of events of other versions, by version
     */
    public record FoundKinds(
            List<ChangeKind> changes,
            long otherChanges,
            List<DeadKind> deadLetters,
            SortedMap<String, Long> skippedByVersion) {}

    /**
     * The previewed batch.
     *
     * @param toVersion the version of the results; null where there are none
     */
    public record Subject(
            String sourceTopic,
            String from,
            String until,
            String fromVersion,
            @Nullable String toVersion,
            String revision) {}

    /**
     * The sample.
     *
     * @param whole whether the sample is the whole range
     * @param offsets the number of offsets in the range, which may exceed the number of records
     * @param rangeRecords the approximate number of records in the range, computed from the gaps in the sample
     */
    public record Sample(long records, boolean whole, int slices, int partitions, long offsets, long rangeRecords) {}

    /**
     * The counts of the sample. They satisfy {@code read = taken + skipped + outside + duplicates + deadLetters} and
     * {@code taken = changed + unchanged + split + withoutResult}.
     *
     * @param outside records outside an exact time range
     * @param copiesElsewhere events that were taken although their eventId was taken in another partition before
     */
    public record SampleCounts(
            @JsonUnwrapped Fates fates, @JsonUnwrapped RevisionEffects revised, long outside, long copiesElsewhere) {}

    /**
     * The numbers of records by outcome.
     *
     * @param duplicates copies of an eventId whose first copy is also in the sample
     */
    public record Fates(long read, long taken, long skipped, long duplicates, long deadLetters) {}

    /**
     * The numbers of taken events by the effect of the revision.
     *
     * @param unchanged events that differ only in correlationId and processVersion
     * @param results the number of results of all these events
     */
    public record RevisionEffects(long changed, long unchanged, long split, long withoutResult, long results) {}

    /**
     * The estimated records of the whole range, by the sample's shares. Copies are not estimated, because most of them are too
     * far apart to be in one sample.
     */
    public record Estimate(long changed, long unchanged, long taken, long skipped, long deadLetters, long results) {

        static Estimate of(SampleCounts counts, long rangeRecords) {
            double scale = counts.fates().read() == 0
                    ? 0
                    : (double) rangeRecords / counts.fates().read();
            return new Estimate(
                    Math.round(counts.revised().changed() * scale),
                    Math.round(counts.revised().unchanged() * scale),
                    Math.round(counts.fates().taken() * scale),
                    Math.round(counts.fates().skipped() * scale),
                    Math.round(counts.fates().deadLetters() * scale),
                    Math.round(counts.revised().results() * scale));
        }
    }

    /**
     * The speed of the revision alone, on one thread, over the later half of the sample.
     *
     * @param events the number of measured events
     */
    public record Throughput(long events, double microsAnEvent, long eventsPerSecond) {

        static Throughput of(long events, long nanos) {
            return events == 0 || nanos == 0
                    ? new Throughput(events, 0, 0)
                    : new Throughput(events, nanos / 1e3 / events, Math.round(events * 1e9 / nanos));
        }
    }
}
