package io.backprocess.verify.table;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.event.Origin;
import io.backprocess.event.SourceRecord;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.kafka.PartitionReader;
import io.backprocess.publish.ResultSerializer;
import io.backprocess.upsert.KeyRange;
import io.backprocess.upsert.ResultRows;
import io.backprocess.upsert.RowFold;
import io.backprocess.upsert.TableAudit;
import io.backprocess.verify.Output;
import io.backprocess.verify.Verification;
import io.backprocess.verify.Workers;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Compares the table of a batch with the fold of its result topic. It reads the topic as it is, so the recount must have shown
 * that the topic is right.
 *
 * <p>Each pass folds a range of keys in memory and then looks up their rows. The ranges are as wide as the memory allows.
 */
public final class TableVerifier {
    private static final int RECORDS_PER_REPORT = 10_000;

    private final BatchPlan plan;
    private final BatchSpec spec;
    private final KafkaClients kafka;
    private final TableAudit table;
    private final Selection selection;
    private final long maxBytes;
    private final AtomicLong read = new AtomicLong();

    /** @param maxBytes the memory that a pass may take, approximately */
    public TableVerifier(BatchPlan plan, KafkaClients kafka, TableAudit table, Selection selection, long maxBytes) {
        this.plan = plan;
        this.spec = plan.spec();
        this.kafka = kafka;
        this.table = table;
        this.selection = selection;
        this.maxBytes = maxBytes;
    }

    /**
     * Adds what the table shows to a recount. A database that does not answer any more leaves the rest unknown.
     *
     * @param progress receives the number of results that were read, from several threads
     */
    public Verification verify(Verification recount, LongConsumer progress) {
        boolean isSettled = recount.remaining() == 0 && !plan.isFollowing();
        ComparedRows compared = new ComparedRows(spec.resultTopic(), table.definition());
        String problem = null;
        try {
            compareAll(spans(), isSettled, compared, progress);
        } catch (BatchException e) {
            if (e.kind() == BatchException.Kind.FAILED) {
                throw e;
            }
            problem = e.getMessage();
        }
        return recount.with(compared.table(selection, problem), compared.findings());
    }

    private Collection<PartitionRange> spans() {
        try (KafkaAdmin admin = kafka.openAdmin()) {
            return PartitionRange.committed(spec.resultTopic(), admin).entrySet().stream()
                    .map(each -> each.getValue().from(plan.resultStart(each.getKey())))
                    .collect(Collectors.toList());
        }
    }

    private void compareAll(
            Collection<PartitionRange> spans, boolean isSettled, ComparedRows compared, LongConsumer progress) {
        long end = selection.end();
        KeyRange range = new KeyRange(0, end);
        while (true) {
            RowFold fold = table.fold(range, maxBytes);
            compared.pass(fold(spans, fold, progress));
            compared.add(table.compare(fold, isSettled, spec.encoding() == null, compared::add));
            if (fold.range().to() >= end) {
                countOthers(fold, compared);
                return;
            }
            range = fold.next(end);
        }
    }

    private void countOthers(RowFold fold, ComparedRows compared) {
        if (!selection.isSample() && selection.countsOthers()) {
            long others = Math.max(0, table.count() - compared.rows());
            compared.others(others, others == 0 ? List.of() : table.others(fold));
        }
    }

    /** Reads the result topic into the fold, several partitions at a time. Returns the number of results that are no rows. */
    private long fold(Collection<PartitionRange> spans, RowFold fold, LongConsumer progress) {
        try (Workers workers = new Workers(spans.size())) {
            List<Callable<Long>> tasks = spans.stream()
                    .map(span -> (Callable<Long>) () -> fold(span, fold, progress))
                    .toList();
            return workers.all(tasks).stream().mapToLong(Long::longValue).sum();
        }
    }

    private long fold(PartitionRange span, RowFold fold, LongConsumer progress) {
        ResultRows rows = table.results(fold);
        long unreadable = 0;
        long taken = 0;
        try (PartitionReader results = new PartitionReader(span, kafka, this::own)) {
            for (ConsumerRecord<byte[], byte[]> record = results.next(); record != null; record = results.next()) {
                Origin origin = Output.RESULTS.origin(record.headers());
                ResultRows.Taken is = rows.take(
                        atItsSource(record, origin), lane(record, origin), record.partition(), record.offset());
                unreadable += is == ResultRows.Taken.UNREADABLE ? 1 : 0;
                if (++taken % RECORDS_PER_REPORT == 0) {
                    progress.accept(read.addAndGet(RECORDS_PER_REPORT));
                }
            }
        }
        return unreadable;
    }

    /** Hides the records of others in a topic that is not the batch's alone. */
    private @Nullable ConsumerRecord<byte[], byte[]> own(ConsumerRecord<byte[], byte[]> record) {
        return ResultSerializer.isOf(spec, record.headers()) ? record : null;
    }

    /** Returns the result as the upsert has seen it: at the origin of its source, of which an eventId can be made. */
    private static SourceRecord atItsSource(ConsumerRecord<byte[], byte[]> record, @Nullable Origin origin) {
        return origin == null
                ? SourceRecord.of(record)
                : new SourceRecord(
                        origin.partition(),
                        origin.offset(),
                        record.timestamp(),
                        record.key(),
                        record.value(),
                        record.headers());
    }

    /**
     * Returns the lane of a result, in which rows were written in the order of results. Rows from one partition of the source are
     * written in its order, and so are their results in each partition of the topic.
     */
    private int lane(ConsumerRecord<byte[], byte[]> record, @Nullable Origin origin) {
        if (spec.dedupeScope() == DedupeScope.GLOBAL) {
            return RowFold.NO_LANE;
        }
        if (!plan.isPlaced()) {
            return record.partition();
        }
        return origin == null ? RowFold.NO_LANE : origin.partition() * plan.resultPartitions() + record.partition();
    }
}
