package io.backprocess.replay;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.SizeLimits;
import io.backprocess.deadletter.DeadLetterSerializer;
import io.backprocess.decode.Decoder;
import io.backprocess.decode.LegacyContextJoin;
import io.backprocess.decode.LetterGate;
import io.backprocess.decode.VersionGate;
import io.backprocess.envelope.Envelope;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.LedgerEntry;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import io.backprocess.event.Result;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.Taken;
import io.backprocess.event.ValueFormat;
import io.backprocess.publish.ResultSerializer;
import io.backprocess.revise.operator.Revise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.kafka.sink.DefaultKafkaSinkContext;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema.KafkaSinkContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The steps of the batch without Flink. It computes the required output for a record, byte for byte. One instance serves one
 * thread.
 */
public final class Replay {
    /** The sink context, which is not used: the serializers take the partition from the record. */
    private static final KafkaSinkContext UNUSED = new DefaultKafkaSinkContext(0, 1, new Properties());

    private final int maxResultBytes;
    private final Decoder decoder;
    private final VersionGate gate;
    private final Revise revise;
    private final ResultSerializer results;
    private final DeadLetterSerializer deadLetters;

    /**
     * What becomes of a record: the revisions, and how the record is read.
     *
     * @param revisions the names of the revisions, in the order of the chain
     * @param options the options of the revisions
     */
    public record Logic(List<String> revisions, Map<String, String> options, Envelope envelope) {
        /** Returns the logic that a batch was planned with. */
        public static Logic of(BatchPlan plan) {
            return of(plan.spec(), Envelope.of(plan));
        }

        /** Returns the logic of a batch that is planned now. */
        public static Logic of(BatchSpec spec) {
            return of(spec, Envelope.of(spec));
        }

        private static Logic of(BatchSpec spec, Envelope envelope) {
            return new Logic(spec.logic().revisions(), spec.logic().revisionOptions(), envelope);
        }

        /** Returns this logic over values that are read as JSON first; null where they are JSON. */
        public Logic reading(@Nullable ValueFormat values) {
            return new Logic(revisions, options, envelope.reading(values));
        }

        /**
         * Returns the logic of a redrive.
         *
         * @param envelope the text of the redrive's own mapping file; null for the batch's envelope
         */
        public static Logic ofRedrive(
                BatchPlan plan, List<String> revisions, Map<String, String> options, @Nullable String envelope) {
            return new Logic(
                    revisions,
                    options,
                    envelope == null
                            ? Envelope.of(plan)
                            : Envelope.of(envelope, plan.spec().sourceTopic()));
        }
    }

    /**
     * @param sizes the record sizes that the topics accept
     * @param values reads the values of records; null where they are JSON
     * @param legacyJoin the join with the plan's contexts; null where the plan has none
     */
    public Replay(
            BatchPlan plan,
            SizeLimits sizes,
            @Nullable ValueFormat values,
            ClassLoader revisions,
            @Nullable LegacyContextJoin legacyJoin) {
        this(plan, Logic.of(plan).reading(values), sizes, revisions, legacyJoin);
    }

    /**
     * Creates a replay with another logic than the plan's.
     *
     * @param sizes the record sizes that the topics accept
     * @param legacyJoin the join with the plan's contexts; null where the plan has none
     */
    public Replay(
            BatchPlan plan,
            Logic logic,
            SizeLimits sizes,
            ClassLoader revisions,
            @Nullable LegacyContextJoin legacyJoin) {
        this.maxResultBytes = sizes.result();
        BatchSpec spec = plan.spec();
        String revision = String.join(",", logic.revisions);
        ProcessVersion from = ProcessVersion.of(spec.logic().fromVersion());
        decoder = new Decoder(logic.envelope.mapping(), legacyJoin, LetterGate.of(spec));
        gate = VersionGate.of(spec, logic.envelope.selection());
        revise = new Revise(spec.batchId(), from, logic.revisions, logic.options, sizes.result())
                .under(logic.envelope.mapping())
                .planned(plan);
        revise.open(revisions);
        results = ResultSerializer.of(plan, revision, logic.envelope.mapping());
        deadLetters = new DeadLetterSerializer(
                        spec.batchId(), spec.sourceTopic(), spec.deadLetterTopic(), revision, sizes.deadLetter())
                .overOwnLetters(LetterGate.readsOwn(spec));
    }

    /** Returns the largest record batch of one result, in bytes, that is accepted here. */
    public int maxResultBytes() {
        return maxResultBytes;
    }

    /** Decodes a record. It returns an event of the required version, or another outcome. */
    public Outcome decode(ConsumerRecord<byte[], byte[]> record) {
        return decode(SourceRecord.of(record));
    }

    /** Decodes a record that was read elsewhere. */
    public Outcome decode(SourceRecord record) {
        return gate.map(decoder.decode(record));
    }

    /** Tells whether the revision asks a service, which may be down. */
    public boolean asks() {
        return revise.asks();
    }

    /** Revises an event that is the first copy of its eventId. */
    public Outcome revise(Event event) {
        try {
            return revise.map(event);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    public List<ProducerRecord<byte[], byte[]>> results(Taken taken) {
        List<ProducerRecord<byte[], byte[]>> records =
                new ArrayList<>(taken.results().size());
        for (Result result : taken.results()) {
            records.add(results.serialize(result, UNUSED, 0L));
        }
        return records;
    }

    public ProducerRecord<byte[], byte[]> deadLetter(DeadLetter letter) {
        return deadLetters.serialize(letter, UNUSED, 0L);
    }

    public ProducerRecord<byte[], byte[]> ledgerEntry(LedgerEntry entry) {
        return results.serialize(entry, UNUSED, 0L);
    }

    /** Returns the dead letter of a source record without its reason, as in {@link BareLetter}. */
    public ProducerRecord<byte[], byte[]> bareLetter(SourceRecord record) {
        return BareLetter.of(deadLetter(DeadLetter.of(record, "", Reason.UNEXPECTED, "")));
    }
}
