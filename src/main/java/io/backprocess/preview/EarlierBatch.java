package io.backprocess.preview;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.control.MarkStore;
import io.backprocess.deadletter.DeadLetterHeaders;
import io.backprocess.envelope.Envelope;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.SourceRecord;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.kafka.PartitionReader;
import io.backprocess.ledger.BatchLedger;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.ledger.Offsets;
import io.backprocess.ledger.PartitionLedger;
import io.backprocess.ledger.Redriven;
import io.backprocess.ledger.Repaired;
import io.backprocess.plan.PlanStore;
import io.backprocess.publish.ResultSerializer;
import io.backprocess.verify.OriginSearch;
import io.backprocess.verify.Output;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * The output of an earlier batch over the same topic for some records. In partition scope it reads a few ranges of the batch's
 * topics. In global scope the order does not help, so it reads each partition from start to end. Redriven records follow the rest
 * and are always read to the end.
 */
final class EarlierBatch {
    private static final int REASON = 40;

    private final BatchPlan plan;
    private final BatchLedger ledger;
    private final SampleReader reader;
    private final Map<Integer, PartitionRange> results;
    private final Map<Integer, PartitionRange> deadLetters;
    private final EnvelopeMapping mapping;

    private EarlierBatch(BatchPlan plan, BatchLedger ledger, SampleReader reader, KafkaAdmin admin) {
        this.plan = plan;
        this.ledger = ledger;
        this.reader = reader;
        this.results = PartitionRange.committed(plan.spec().resultTopic(), admin);
        results.replaceAll((partition, span) -> span.from(plan.resultStart(partition)));
        this.mapping = Envelope.of(plan, admin.clients()).mapping();
        this.deadLetters = PartitionRange.committed(plan.spec().deadLetterTopic(), admin);
    }

    /**
     * Opens the earlier batch.
     *
     * @throws BatchException where its results cannot be matched to records, or no longer exist
     */
    static EarlierBatch open(String batchId, String sourceTopic, KafkaAdmin admin, SampleReader reader) {
        BatchPlan plan = check(batchId, sourceTopic, admin);
        EarlierBatch batch =
                new EarlierBatch(plan, LedgerReader.of(plan, admin.clients()).read(), reader, admin);
        if (batch.results.isEmpty()) {
            throw BatchException.failed("topic %s does not exist any more, so there is nothing to compare with"
                    .formatted(plan.spec().resultTopic()));
        }
        return batch;
    }

    /** Returns the plan of a batch, after checking that it can be compared with. */
    static BatchPlan check(String batchId, String sourceTopic, KafkaAdmin admin) {
        BatchPlan plan = new PlanStore(admin).get(batchId);
        new MarkStore(admin).refuseRetired(batchId);
        if (!plan.spec().sourceTopic().equals(sourceTopic)) {
            throw BatchException.usage("--against %s: that batch reads topic %s, not %s"
                    .formatted(batchId, plan.spec().sourceTopic(), sourceTopic));
        }
        if (plan.spec().resultHeaders() == ResultHeaders.NONE) {
            throw BatchException.usage(
                    ("--against %s: that batch was run with --result-headers none, so its results do not say which"
                                    + " records they come from")
                            .formatted(batchId));
        }
        String id = admin.topicId(sourceTopic);
        if (plan.inputs().topicId() != null
                && id != null
                && !plan.inputs().topicId().equals(id)) {
            throw BatchException.usage(
                    "--against %s: topic %s was deleted and created again since, so that batch has read other records"
                            .formatted(batchId, sourceTopic));
        }
        return plan;
    }

    EnvelopeMapping mapping() {
        return mapping;
    }

    String revision() {
        return plan.spec().revision();
    }

    /** Tells whether the batch has committed its output for the record. */
    boolean covers(int partition, long offset) {
        boolean planned = partition < plan.ranges().size();
        long start = planned ? plan.ranges().get(partition).start() : 0;
        return (planned || plan.isFollowing())
                && offset >= start
                && offset < ledger.partition(partition).next();
    }

    /**
     * Finds the batch's output for some records of a partition.
     *
     * @param slices slices of one partition in their order, none of them empty
     * @return the output by source offset, with an entry for each record
     */
    Map<Long, Written> find(int partition, List<List<ConsumerRecord<byte[], byte[]>>> slices) {
        Map<Long, Written> written = new HashMap<>();
        slices.forEach(slice -> slice.forEach(record -> written.put(record.offset(), new Written())));
        Redriven redriven = ledger.redriven(partition);
        Repaired repaired = ledger.repaired(partition);
        for (int each : plan.isPlaced() ? results.keySet() : Set.of(partition)) {
            Offsets laterResults = union(
                    redriven.resultsFrom(partition).getOrDefault(each, new Offsets()),
                    repaired.resultsFrom(partition).getOrDefault(each, new Offsets()));
            read(Output.RESULTS, partition, results.get(each), laterResults, slices, result -> {
                Written one = written.get(origin(Output.RESULTS, partition, result));
                if (one != null && result.value() != null) {
                    one.addResult(SourceRecord.of(result));
                }
            });
        }
        Offsets laterLetters = union(redriven.failed(), repaired.deadLetters());
        read(Output.DEAD_LETTERS, partition, deadLetters.get(partition), laterLetters, slices, letter -> {
            Written one = written.get(origin(Output.DEAD_LETTERS, partition, letter));
            if (one != null && !redriven.deadLetters().contains(letter.offset())) {
                one.setDead(reason(letter));
            }
        });
        return written;
    }

    private static Offsets union(Offsets one, Offsets other) {
        Offsets all = new Offsets();
        all.addAll(one);
        all.addAll(other);
        return all;
    }

    /**
     * @param source the partition of the source whose records are looked for
     * @param later the offsets that a redrive or a repair has written after the rest
     */
    private void read(
            Output output,
            int source,
            @Nullable PartitionRange span,
            Offsets later,
            List<List<ConsumerRecord<byte[], byte[]>>> slices,
            Consumer<ConsumerRecord<byte[], byte[]>> action) {
        if (span == null) {
            return;
        }
        if (plan.spec().dedupeScope() == DedupeScope.GLOBAL) {
            scan(span, action);
            return;
        }
        OriginSearch search = new OriginSearch(
                reader::reader,
                span.partition(),
                span.from(),
                span.to(),
                origins(source),
                record -> later.contains(record.offset()) ? OriginSearch.UNORDERED : origin(output, source, record));
        for (List<ConsumerRecord<byte[], byte[]>> slice : slices) {
            search.forEach(slice.get(0).offset(), slice.get(slice.size() - 1).offset() + 1, action);
        }
        if (!later.isEmpty()) {
            scan(new PartitionRange(span.partition(), later.first(), later.last() + 1), record -> {
                if (later.contains(record.offset())) {
                    action.accept(record);
                }
            });
        }
    }

    /** Returns the range of source offsets from which the committed records come. */
    private OffsetRange origins(int partition) {
        PartitionLedger committed = ledger.partition(partition);
        return new OffsetRange(partition, committed.range().start(), committed.next());
    }

    private void scan(PartitionRange span, Consumer<ConsumerRecord<byte[], byte[]>> action) {
        PartitionReader all = reader.reader(span.partition(), span.from(), span.to());
        for (ConsumerRecord<byte[], byte[]> record = all.next(); record != null; record = all.next()) {
            action.accept(record);
        }
    }

    /** Returns the source offset in one partition; {@link OriginSearch#UNORDERED} for a record from elsewhere, or of others. */
    private long origin(Output output, int source, ConsumerRecord<byte[], byte[]> record) {
        boolean ofOthers = output == Output.RESULTS && !ResultSerializer.isOf(plan.spec(), record.headers());
        return ofOthers
                ? OriginSearch.UNORDERED
                : output.sourceOffset(record.headers(), plan.spec().sourceTopic(), source);
    }

    private static String reason(ConsumerRecord<byte[], byte[]> letter) {
        Header header = letter.headers().lastHeader(DeadLetterHeaders.REASON);
        return header == null || header.value() == null
                ? "unknown"
                : Excerpt.of(new String(header.value(), StandardCharsets.UTF_8), REASON);
    }
}
