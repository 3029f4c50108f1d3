package io.backprocess.bench;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The content of a partition of a result. */
final class Finding implements PartitionCheck {
    /** Enough for every user of the sample; the order of further keys is not checked. */
    private static final int MAX_KEYS = 1_000_000;

    final int partition;
    final Figures results = new Figures();
    long twice;
    long strange;
    long disordered;
    private final boolean copy;
    private final String batch;
    private final Envelope envelope;
    private final Map<Long, Long> latest = new HashMap<>();
    private Ids ids = new Ids();

    Finding(int partition, boolean copy, String batch, String registry) {
        this.partition = partition;
        this.copy = copy;
        this.batch = batch;
        this.envelope = new Envelope(registry);
    }

    @Override
    public void take(ConsumerRecord<byte[], byte[]> record) {
        long key = Hashes.of(record.key());
        Long before = latest.get(key);
        if (before != null && record.timestamp() < before) {
            disordered++;
        } else if (before != null || latest.size() < MAX_KEYS) {
            latest.put(key, record.timestamp());
        }
        if (copy) {
            results.add(RawRecords.hash(record));
            return;
        }
        if (!envelope.read(record.value()) || !batch.equals(envelope.correlationId)) {
            strange++;
            return;
        }
        if (ids.add(envelope.idHash, 0) != Ids.NEW) {
            twice++;
        }
        results.add(envelope.resultHash(record.key(), envelope.version, envelope.action));
    }

    @Override
    public void finish() {
        ids = new Ids();
        latest.clear();
    }
}
