package io.backprocess.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.batch.ResultPlacement;
import io.backprocess.batch.TopicNames;
import io.backprocess.deadletter.DeadLetterSerializer;
import io.backprocess.decode.Decoder;
import io.backprocess.decode.VersionGate;
import io.backprocess.dedupe.DropDuplicates;
import io.backprocess.envelope.Envelope;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Duplicate;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import io.backprocess.event.Result;
import io.backprocess.event.Skipped;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.Taken;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.plan.Planner;
import io.backprocess.plan.Topics;
import io.backprocess.publish.ResultSerializer;
import io.backprocess.revise.operator.Revise;
import io.backprocess.revise.rules.RuleRevision;
import io.backprocess.testing.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.flink.connector.kafka.sink.DefaultKafkaSinkContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a batch over a topic leaves behind, worked out one record after the other and not written yet: the lists are there to be
 * tampered with.
 */
final class WrittenBatch {
    private static final DefaultKafkaSinkContext CONTEXT =
            new DefaultKafkaSinkContext(0, 1, new java.util.Properties());

    private final KafkaBroker kafka;
    final BatchPlan plan;
    final int maxResultBytes;
    private final Function<Taken, Outcome> table;
    /** By partition of the result topic. */
    final List<List<ProducerRecord<byte[], byte[]>>> results = new ArrayList<>();

    final List<List<ProducerRecord<byte[], byte[]>>> deadLetters = new ArrayList<>();
    final List<LedgerLine> lines = new ArrayList<>();

    /** What was taken, for each eventId its payload. In global scope one for all partitions. */
    private Map<String, String> taken = new HashMap<>();

    private WrittenBatch(KafkaBroker kafka, BatchPlan plan, int maxResultBytes, Function<Taken, Outcome> table) {
        this.kafka = kafka;
        this.table = table;
        this.plan = plan;
        this.maxResultBytes = maxResultBytes;
        for (int partition = 0; partition < plan.resultPartitions(); partition++) {
            results.add(new ArrayList<>());
        }
        plan.ranges().forEach(range -> deadLetters.add(new ArrayList<>()));
    }

    /** @param order of the partitions: in global scope the first copy wins */
    static WrittenBatch of(
            KafkaBroker kafka, String sourceTopic, DedupeScope scope, ResultHeaders headers, Integer... order) {
        return of("purchase-split", kafka, sourceTopic, scope, headers, order);
    }

    static WrittenBatch of(
            String revision,
            KafkaBroker kafka,
            String sourceTopic,
            DedupeScope scope,
            ResultHeaders headers,
            Integer... order) {
        return of(null, revision, kafka, sourceTopic, scope, headers, order);
    }

    /** As if the result topic had taken so much when it was written. */
    static WrittenBatch withLimit(
            int maxResultBytes, String revision, KafkaBroker kafka, String sourceTopic, ResultHeaders headers) {
        return of(maxResultBytes, revision, kafka, sourceTopic, DedupeScope.PARTITION, headers);
    }

    private static WrittenBatch of(
            @Nullable Integer maxResultBytes,
            String revision,
            KafkaBroker kafka,
            String sourceTopic,
            DedupeScope scope,
            ResultHeaders headers,
            Integer... order) {
        BatchSpec spec = new BatchSpec(
                kafka.unique("batch"),
                new BatchSpec.Range(sourceTopic, BatchSpec.EARLIEST, BatchSpec.LATEST),
                new BatchSpec.Logic("1", List.of(revision), new TreeMap<>()),
                scope,
                headers);
        return of(maxResultBytes, spec, kafka, order);
    }

    /** Creates a batch over a history with another envelope, revised by rules. */
    static WrittenBatch mapped(
            KafkaBroker kafka, String sourceTopic, @Nullable String envelope, String name, String rules) {
        return of(
                null,
                new BatchSpec(
                                kafka.unique("batch"),
                                new BatchSpec.Range(sourceTopic, BatchSpec.EARLIEST, BatchSpec.LATEST),
                                new BatchSpec.Logic(
                                        "1", List.of(name), new TreeMap<>(Map.of(RuleRevision.OPTION + name, rules))),
                                DedupeScope.PARTITION,
                                ResultHeaders.ORIGIN)
                        .withEnvelope(envelope),
                kafka);
    }

    /** Creates a batch whose results are in the partitions that their keys choose. */
    static WrittenBatch placed(KafkaBroker kafka, String sourceTopic, DedupeScope scope, ResultPlacement placement) {
        return of(
                null,
                new BatchSpec(
                                kafka.unique("batch"),
                                new BatchSpec.Range(sourceTopic, BatchSpec.EARLIEST, BatchSpec.LATEST),
                                new BatchSpec.Logic("1", List.of("purchase-split"), new TreeMap<>()),
                                scope,
                                ResultHeaders.ORIGIN)
                        .withPlacement(placement),
                kafka);
    }

    /** Creates a batch whose results went to a table too, as its plan says. The table does not exist, and took everything. */
    static WrittenBatch upserting(KafkaBroker kafka, String sourceTopic, String revision) {
        return upserting(kafka, sourceTopic, List.of(revision), "{}", DedupeScope.PARTITION, taken -> taken);
    }

    /** @param table what becomes of an event on its way to the table: itself, or a dead letter */
    static WrittenBatch upserting(
            KafkaBroker kafka,
            String sourceTopic,
            List<String> revisions,
            String definition,
            DedupeScope scope,
            Function<Taken, Outcome> table) {
        return of(
                null,
                new BatchSpec(
                                kafka.unique("batch"),
                                new BatchSpec.Range(sourceTopic, BatchSpec.EARLIEST, BatchSpec.LATEST),
                                new BatchSpec.Logic("1", revisions, new TreeMap<>()),
                                scope,
                                ResultHeaders.ORIGIN)
                        .withUpsert(definition),
                kafka,
                table);
    }

    private static WrittenBatch of(
            @Nullable Integer maxResultBytes, BatchSpec spec, KafkaBroker kafka, Integer... order) {
        return of(maxResultBytes, spec, kafka, taken -> taken, order);
    }

    private static WrittenBatch of(
            @Nullable Integer maxResultBytes,
            BatchSpec spec,
            KafkaBroker kafka,
            Function<Taken, Outcome> table,
            Integer... order) {
        String sourceTopic = spec.sourceTopic();
        DedupeScope scope = spec.dedupeScope();
        try (KafkaAdmin admin = kafka.clients().openAdmin()) {
            BatchPlan plan = new Planner(admin).plan(spec, DropDuplicates.STATE_FORMAT, "test", null);
            Topics topics = new Topics(admin);
            topics.create(plan);
            kafka.awaitTopic(spec.resultTopic(), plan.resultPartitions());
            kafka.awaitTopic(spec.deadLetterTopic(), plan.ranges().size());
            kafka.awaitTopic(TopicNames.LEDGER, admin.partitions(TopicNames.LEDGER));
            WrittenBatch batch = new WrittenBatch(
                    kafka, plan, maxResultBytes == null ? topics.maxResultBytes(plan) : maxResultBytes, table);
            Map<Integer, List<ConsumerRecord<byte[], byte[]>>> history = kafka.readByPartition(sourceTopic);
            Collection<Integer> partitions = order.length == 0 ? history.keySet() : List.of(order);
            partitions.forEach(partition ->
                    batch.process(plan.ranges().get(partition), history.getOrDefault(partition, List.of()), scope));
            return batch;
        }
    }

    private void process(OffsetRange range, List<ConsumerRecord<byte[], byte[]>> history, DedupeScope scope) {
        taken = scope == DedupeScope.PARTITION ? new HashMap<>() : taken;
        // Two ledger lines a partition, as of a checkpoint in the middle and the end.
        long middle = (range.start() + range.end()) / 2;
        checkpoint(range.partition(), 1, range.start(), middle, history);
        checkpoint(range.partition(), 2, middle, range.end(), history);
    }

    private void checkpoint(
            int partition, long checkpoint, long from, long next, List<ConsumerRecord<byte[], byte[]>> history) {
        if (from == next) {
            return;
        }
        BatchSpec spec = plan.spec();
        ProcessVersion version = ProcessVersion.of(spec.logic().fromVersion());
        Envelope envelope = Envelope.of(plan);
        Decoder decoder = new Decoder(envelope.mapping(), null, null);
        VersionGate gate = VersionGate.of(spec, envelope.selection());
        Revise revise = new Revise(
                        spec.batchId(),
                        version,
                        spec.logic().revisions(),
                        spec.logic().revisionOptions(),
                        maxResultBytes)
                .under(envelope.mapping())
                .planned(plan);
        revise.open(getClass().getClassLoader());
        List<Outcome> outcomes = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : history) {
            if (record.offset() >= from && record.offset() < next) {
                SourceRecord source = SourceRecord.of(record);
                Outcome outcome = dedupe(gate.map(decoder.decode(source)));
                try {
                    Outcome revised = revise.map(outcome);
                    outcomes.add(revised instanceof Taken done ? table.apply(done) : revised);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
        outcomes.forEach(this::write);
        lines.add(line(partition, checkpoint, from, next, outcomes));
    }

    private Outcome dedupe(Outcome outcome) {
        if (!(outcome instanceof Event event)) {
            return outcome;
        }
        String payload = new String(
                event.payload().document(),
                event.payload().start(),
                event.payload().end() - event.payload().start(),
                StandardCharsets.UTF_8);
        String before = taken.putIfAbsent(event.eventId(), payload);
        if (before == null) {
            return event;
        }
        return before.equals(payload)
                ? new Duplicate(event.partition())
                : DeadLetter.of(
                        event,
                        "dedupe",
                        Reason.CONFLICTING_DUPLICATE,
                        "this eventId was taken before with another payload");
    }

    private void write(Outcome outcome) {
        BatchSpec spec = plan.spec();
        if (outcome instanceof Taken done) {
            ResultSerializer serializer =
                    ResultSerializer.of(plan, spec.revision(), Envelope.of(plan).mapping());
            for (Result result : done.results()) {
                ProducerRecord<byte[], byte[]> record = serializer.serialize(result, CONTEXT, 0L);
                results.get(record.partition()).add(record);
            }
        } else if (outcome instanceof DeadLetter letter) {
            deadLetters
                    .get(outcome.partition())
                    .add(new DeadLetterSerializer(
                                    spec.batchId(),
                                    spec.sourceTopic(),
                                    spec.deadLetterTopic(),
                                    spec.revision(),
                                    Math.max(maxResultBytes, 1 << 20))
                            .serialize(letter, CONTEXT, 0L));
        }
    }

    private LedgerLine line(int partition, long checkpoint, long from, long next, List<Outcome> outcomes) {
        Map<String, Long> skipped = new TreeMap<>();
        Map<String, Long> dead = new TreeMap<>();
        only(Skipped.class, outcomes).forEach(outcome -> skipped.merge(outcome.kind(), 1L, Long::sum));
        only(DeadLetter.class, outcomes)
                .forEach(outcome -> dead.merge(outcome.reason().toString(), 1L, Long::sum));
        return new LedgerLine(
                plan.spec().batchId(),
                partition,
                checkpoint,
                0,
                new LedgerLine.Covered(from, next),
                new LedgerLine.Outcomes(
                        outcomes.size(),
                        skipped,
                        only(Duplicate.class, outcomes).count(),
                        dead,
                        only(Taken.class, outcomes).count(),
                        only(Taken.class, outcomes)
                                .mapToLong(outcome -> outcome.results().size())
                                .sum()));
    }

    private static <T> Stream<T> only(Class<T> type, List<Outcome> outcomes) {
        return outcomes.stream().filter(type::isInstance).map(type::cast);
    }

    /** Puts on Kafka what the first checkpoint has committed, and leaves the rest for {@link #write}. */
    WrittenBatch writeFirstCheckpoint() {
        List<LedgerLine> first =
                lines.stream().filter(line -> line.checkpoint() == 1).toList();
        first.forEach(line -> {
            sendFirst(results.get(line.partition()), line.counts().results());
            sendFirst(deadLetters.get(line.partition()), line.counts().deadLetters());
        });
        kafka.send(first.stream().map(this::ledgerRecord).toList());
        lines.removeAll(first);
        return this;
    }

    private void sendFirst(List<ProducerRecord<byte[], byte[]>> records, long number) {
        List<ProducerRecord<byte[], byte[]>> first = records.subList(0, (int) number);
        kafka.send(List.copyOf(first));
        first.clear();
    }

    /** Puts all of it on Kafka. */
    WrittenBatch write() {
        results.forEach(kafka::send);
        deadLetters.forEach(kafka::send);
        kafka.send(lines.stream().map(this::ledgerRecord).toList());
        return this;
    }

    private ProducerRecord<byte[], byte[]> ledgerRecord(LedgerLine line) {
        try {
            byte[] key = (plan.spec().batchId() + "/" + line.partition()).getBytes(StandardCharsets.UTF_8);
            return new ProducerRecord<>(
                    TopicNames.LEDGER, plan.ledger().partition(), key, new ObjectMapper().writeValueAsBytes(line));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    /** Verifies in each way there is. */
    Verification verify() {
        return BothWays.verify(plan, kafka.clients(), getClass().getClassLoader());
    }

    /** Verifies on one machine alone, for a test that counts what this does. */
    Verification verifyOnce() {
        return new Verifier(plan, kafka.clients(), getClass().getClassLoader()).verify();
    }

    String resultTopic() {
        return plan.spec().resultTopic();
    }

    String deadLetterTopic() {
        return plan.spec().deadLetterTopic();
    }

    /** Returns the first dead letter of the partition that was rejected. */
    ConsumerRecord<byte[], byte[]> rejectedIn(int partition) {
        return kafka.readByPartition(deadLetterTopic()).getOrDefault(partition, List.of()).stream()
                .filter(letter -> text(letter, "__backprocess.errors.reason").equals("rejected"))
                .findFirst()
                .orElseThrow();
    }

    /** Returns the first result that a redrive has made of the letter. */
    ConsumerRecord<byte[], byte[]> resultOf(ConsumerRecord<byte[], byte[]> letter) {
        return kafka.readByPartition(resultTopic()).getOrDefault(letter.partition(), List.of()).stream()
                .filter(result -> text(result, "backprocess.source").endsWith("/" + sourceOffset(letter)))
                .findFirst()
                .orElseThrow();
    }

    static long sourceOffset(ConsumerRecord<byte[], byte[]> letter) {
        return Long.parseLong(text(letter, "__backprocess.errors.offset"));
    }

    static String text(ConsumerRecord<byte[], byte[]> record, String header) {
        return new String(record.headers().lastHeader(header).value(), StandardCharsets.UTF_8);
    }
}
