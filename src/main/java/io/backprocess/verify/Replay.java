package io.backprocess.verify;

import io.backprocess.deadletter.DeadLetterSerializer;
import io.backprocess.decode.DecodeRecords;
import io.backprocess.decode.VersionGate;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.EventReader;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Result;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.Taken;
import io.backprocess.plan.BatchPlan;
import io.backprocess.plan.BatchSpec;
import io.backprocess.plan.Topics;
import io.backprocess.publish.ResultSerializer;
import io.backprocess.revise.Revise;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.flink.connector.kafka.sink.DefaultKafkaSinkContext;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema.KafkaSinkContext;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The steps of the batch once more, without Flink: what must come of a record, down to the bytes. One serves one thread. */
final class Replay {
    /** The serializers know the partition from the record and do not ask. */
    private static final KafkaSinkContext UNUSED = new DefaultKafkaSinkContext(0, 1, new Properties());

    private final EventReader reader = new EventReader();
    private final VersionGate gate;
    private final Revise revise;
    private final ResultSerializer results;
    private final DeadLetterSerializer deadLetters;

    Replay(BatchPlan plan, int maxResultBytes, ClassLoader revisions) {
        BatchSpec spec = plan.spec();
        ProcessVersion from = ProcessVersion.of(spec.fromVersion());
        gate = new VersionGate(from);
        revise = new Revise(spec.batchId(), from, spec.revisions(), spec.revisionOptions(), maxResultBytes);
        revise.open(revisions);
        results = new ResultSerializer(
                spec.batchId(),
                spec.sourceTopic(),
                spec.resultTopic(),
                spec.revision(),
                spec.resultHeaders(),
                Topics.LEDGER,
                plan.ledgerPartition());
        deadLetters =
                new DeadLetterSerializer(spec.batchId(), spec.sourceTopic(), spec.deadLetterTopic(), spec.revision());
    }

    /** An event of the wanted version, or what else the record is. */
    Outcome decode(ConsumerRecord<byte[], byte[]> record) {
        SourceRecord source = new SourceRecord(
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.key(),
                record.value(),
                record.headers());
        return gate.map(DecodeRecords.decode(source, reader));
    }

    /** An event that is the first copy, revised. */
    Outcome revise(Event event) {
        try {
            return revise.map(event);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    List<ProducerRecord<byte[], byte[]>> results(Taken taken) {
        List<ProducerRecord<byte[], byte[]>> records =
                new ArrayList<>(taken.results().size());
        for (Result result : taken.results()) {
            records.add(results.serialize(result, UNUSED, 0L));
        }
        return records;
    }

    ProducerRecord<byte[], byte[]> deadLetter(DeadLetter letter) {
        return deadLetters.serialize(letter, UNUSED, 0L);
    }
}
