package io.backprocess.plan;

import io.backprocess.batch.BatchPlan;
import io.backprocess.kafka.KafkaClients;

/** The size of a sample: the first records of each partition's range. It shows how large records are. */
public final class RecordSample {
    private long records;
    private long bytes;

    public static RecordSample of(BatchPlan plan, KafkaClients kafka) {
        RecordSample sample = new RecordSample();
        FirstRecords.read(plan.spec().sourceTopic(), plan.ranges(), kafka, "to see how large they are", record -> {
            sample.records++;
            sample.bytes += Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
        });
        return sample;
    }

    public long records() {
        return records;
    }

    /** Returns the average size of a record's key and value in bytes; 0 when there are none. */
    public long averageBytes() {
        return records == 0 ? 0 : (bytes + records - 1) / records;
    }
}
