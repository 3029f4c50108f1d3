package io.backprocess.plan;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ExactTimes;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.ResultPlacement;
import io.backprocess.envelope.Envelope;
import io.backprocess.envelope.SampleLook;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.render.Words;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.jspecify.annotations.Nullable;

/**
 * Warnings, with figures, about what a plan's range leaves out or includes without being asked. They are given before
 * anything is written.
 *
 * @param keyless a line with figures about records without a key; null when the sample has none
 * @param notes one line each, including those of {@code keyless} and {@code hopeless}
 * @param misfits what the sample says against the envelope's mapping, one line each
 * @param hopeless says what the sample looks like where none of its records is an event; null where some are
 */
public record RangeWarnings(
        @Nullable String keyless,
        List<String> notes,
        List<String> misfits,
        @Nullable String hopeless) {
    private static final int SHOWN_PARTITIONS = 3;

    /**
     * Returns one line for each thing that the user should know, beside the problems.
     *
     * @param acceptsDeadLetters whether a batch is started even if none of the sampled records is an event
     */
    public List<String> warnings(boolean acceptsDeadLetters) {
        return notes.stream()
                .filter(note -> acceptsDeadLetters || !note.equals(hopeless))
                .toList();
    }

    /**
     * Returns what the sampled records say against a new batch, which is not started then: a mapping that does not fit them, or
     * that none of them is an event.
     *
     * @param acceptsDeadLetters whether a batch is started even if none of the sampled records is an event
     */
    public List<String> problems(boolean acceptsDeadLetters) {
        List<String> problems = new ArrayList<>(misfits);
        if (hopeless != null && !acceptsDeadLetters) {
            problems.add(hopeless + "; if this is intended: --accept-dead-letters");
        }
        return problems;
    }

    public static RangeWarnings at(BatchPlan plan, KafkaAdmin admin) {
        BatchSpec spec = plan.spec();
        Map<Integer, Long> ends = admin.stableEnds(spec.sourceTopic());
        List<String> warnings = new ArrayList<>(OpenTails.warnings(plan, admin));
        if (ends.isEmpty()) {
            // The topic of a stored plan is deleted, so only the plan itself can be checked.
            return new RangeWarnings(null, warnings, List.of(), null);
        }
        SourceSample sample = SourceSample.of(plan, ends, admin.clients());
        SampleLook look = sample.look();
        EnvelopeMapping envelope = Envelope.mappingOf(spec);
        List<String> misfits = look.misfits().stream()
                .map(misfit -> "--envelope %s does not fit: %s".formatted(envelope.name(), misfit))
                .toList();
        if (sample.isEmpty() && !plan.isFollowing()) {
            warnings.add(nothingToRead(plan, admin, ends.size()));
        }
        if (envelope.hasOrigins()) {
            warnings.add(
                    "ids of --envelope %s are the places of records, so a copy of an event at another offset is not found"
                            .formatted(envelope.name()));
        }
        String unreadable = look.unreadable();
        if (unreadable != null && look.isWorthALook()) {
            warnings.add(unreadable);
        }
        Map<String, String> config = admin.topicConfig(spec.sourceTopic());
        if (config.getOrDefault("cleanup.policy", "").contains("compact")) {
            warnings.add(
                    "%s is compacted: %s of %s sampled offsets no longer hold a record, and what is compacted later is missing when the batch is verified"
                            .formatted(
                                    spec.sourceTopic(),
                                    Words.count(sample.gaps()),
                                    Words.count(sample.gaps() + sample.records())));
        }
        warnings.addAll(times(plan, sample, config));
        warnings.addAll(placement(plan, sample));
        warnings.addAll(new Topics(admin).intoWarnings(plan));
        String notSearched = notSearched(plan, ends, admin);
        if (notSearched != null) {
            warnings.add(notSearched);
        }
        // In a topic of one partition every copy is in the same partition.
        String keyless = plan.ranges().size() == 1 && !plan.isFollowing() ? null : sample.keylessness();
        if (keyless != null) {
            warnings.add(keyless
                    + (spec.dedupeScope() == DedupeScope.PARTITION
                            ? "; --dedupe-scope partition finds only the copies within a partition"
                            : ""));
        } else if (sample.idsInSeveralPartitions() > 0 && spec.dedupeScope() == DedupeScope.PARTITION) {
            warnings.add(
                    "%s eventIds of %s are in several partitions; --dedupe-scope partition finds only the copies within one"
                            .formatted(Words.count(sample.idsInSeveralPartitions()), sample.inWords()));
        }
        return new RangeWarnings(keyless, warnings, misfits, look.isHopeless() ? unreadable : null);
    }

    /** Says that no record is read, and where the partitions begin that had earlier records. */
    private static String nothingToRead(BatchPlan plan, KafkaAdmin admin, int partitions) {
        String topic = plan.spec().sourceTopic();
        Map<Integer, ListOffsetsResultInfo> earliest = admin.offsets(topic, partitions, OffsetSpec.earliest());
        List<String> begins = plan.ranges().stream()
                .filter(range -> Ranges.offset(earliest, range.partition(), 0) > 0)
                .map(range -> "%s-%d begins at offset %d now"
                        .formatted(topic, range.partition(), Ranges.offset(earliest, range.partition(), 0)))
                .toList();
        return "no record is read: %s%s%s%s"
                .formatted(
                        plan.size() == 0
                                ? "the range is empty"
                                : "the %s offsets of the range hold none".formatted(Words.count(plan.size())),
                        begins.isEmpty() ? "" : ", and earlier records are deleted: ",
                        begins.stream().limit(SHOWN_PARTITIONS).collect(Collectors.joining(", ")),
                        begins.size() > SHOWN_PARTITIONS ? ", …" : "");
    }

    /** Returns what the plan and the state of topics say, without reading records. */
    public static List<String> ofStored(BatchPlan plan, KafkaAdmin admin) {
        List<String> warnings = new ArrayList<>(OpenTails.warnings(plan, admin));
        warnings.addAll(new Topics(admin).growthWarnings(plan));
        return warnings;
    }

    /** Says what becomes of the order of results that are placed by their key. */
    private static List<String> placement(BatchPlan plan, SourceSample sample) {
        ResultPlacement placement = plan.spec().placement();
        if (placement == null) {
            return List.of();
        }
        List<String> warnings = new ArrayList<>();
        if (placement.key() != null) {
            warnings.add(
                    "with --result-key %s the results under one key may come from several partitions, whose order is kept for each of them alone"
                            .formatted(placement.key()));
            if (sample.lacksResultKey()) {
                warnings.add(
                        "no event of %s has a text or a number at %s (--result-key): unless the revision adds it, every result becomes a dead letter"
                                .formatted(sample.inWords(), placement.key()));
            }
        } else if (sample.keysInSeveralPartitions() > 0) {
            warnings.add(
                    "%s keys of %s are in several partitions; the order of their results is kept for each of these partitions alone"
                            .formatted(Words.count(sample.keysInSeveralPartitions()), sample.inWords()));
        }
        return warnings;
    }

    private static List<String> times(BatchPlan plan, SourceSample sample, Map<String, String> config) {
        BatchSpec spec = plan.spec();
        Instant from = spec.fromInstant();
        Instant until = spec.untilInstant();
        List<String> warnings = new ArrayList<>();
        if (until != null && until.isAfter(plan.creation().at())) {
            warnings.add(
                    "--until %s is in the future: the batch ends at what exists now, at %s, and does not read what comes later; --until never follows the topic"
                            .formatted(spec.range().until(), plan.creation().at()));
        }
        if (from != null && from.isAfter(plan.creation().at())) {
            warnings.add("--from %s is in the future".formatted(spec.range().from()));
        }
        if (until != null && !until.isAfter(Instant.EPOCH) && spec.exactTimes() == null) {
            warnings.add("--until %s ends before any record that Kafka can have"
                    .formatted(spec.range().until()));
        }
        if ((from == null && until == null) || spec.exactTimes() == ExactTimes.EVENT) {
            return warnings;
        }
        if ("LogAppendTime".equals(config.get("message.timestamp.type"))) {
            warnings.add(
                    "%s has LogAppendTime: its timestamps say when records were written, and the range uses them; --exact-times event goes by the events' own times"
                            .formatted(spec.sourceTopic()));
        }
        // A range that begins before the first record and has no end leaves nothing out.
        boolean isBounded = until != null || (from != null && from.isAfter(Instant.EPOCH));
        if (spec.exactTimes() == null && isBounded) {
            warnings.addAll(disorder(sample));
        }
        return warnings;
    }

    private static List<String> disorder(SourceSample sample) {
        List<String> warnings = new ArrayList<>();
        if (sample.missed() > 0) {
            warnings.add(
                    "%s of %s records after the end have times in the range, and are not read; --exact-times record takes them"
                            .formatted(Words.count(sample.missed()), Words.count(sample.behindEnd())));
        }
        if (sample.strays() > 0) {
            warnings.add("%s of %s have times outside of the range, and are read; --exact-times record leaves them out"
                    .formatted(Words.count(sample.strays()), sample.inWords()));
        }
        if (sample.unordered() > 0) {
            warnings.add(
                    "%s of %s are older than a record before them, by up to %s, so the range of offsets may miss records of the requested time; --exact-times record makes it exact"
                            .formatted(Words.count(sample.unordered()), sample.inWords(), words(sample.disorder())));
        }
        return warnings;
    }

    private static String words(Duration time) {
        return time.toDays() > 1
                ? Words.count(time.toDays()) + " days"
                : time.toMinutes() == 0 ? time.toMillis() / 1000.0 + " s" : Words.count(time.toMinutes()) + " min";
    }

    /** Says how many offsets lie outside of the range that a bounded disorder searches; null when everything is searched. */
    public static @Nullable String notSearched(BatchPlan plan, KafkaAdmin admin) {
        return notSearched(plan, admin.stableEnds(plan.spec().sourceTopic()), admin);
    }

    private static @Nullable String notSearched(BatchPlan plan, Map<Integer, Long> ends, KafkaAdmin admin) {
        Duration disorder = plan.spec().maxDisorder();
        if (disorder == null || ends.isEmpty()) {
            return null;
        }
        Map<Integer, ListOffsetsResultInfo> earliest =
                admin.offsets(plan.spec().sourceTopic(), ends.size(), OffsetSpec.earliest());
        long before = 0;
        long behind = 0;
        for (OffsetRange range : plan.ranges()) {
            before += Math.max(0, range.start() - Ranges.offset(earliest, range.partition(), range.start()));
            behind += range.isOpen() ? 0 : Math.max(0, ends.getOrDefault(range.partition(), range.end()) - range.end());
        }
        return "by --max-disorder %s, %s offsets before the range and %s after it are not searched"
                .formatted(words(disorder), Words.count(before), Words.count(behind));
    }
}
