package io.backprocess.bench;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The result that a partition of the source must have. */
final class Expectation implements PartitionCheck {
    final int partition;
    final Figures copies = new Figures();
    final Figures results = new Figures();
    final Figures letters = new Figures();
    final Figures conflicts = new Figures();
    private final Envelope envelope;
    private Ids ids = new Ids();

    Expectation(int partition, String registry) {
        this.partition = partition;
        this.envelope = new Envelope(registry);
    }

    @Override
    public void take(ConsumerRecord<byte[], byte[]> record) {
        copies.add(RawRecords.hash(record));
        if (!envelope.read(record.value())) {
            letters.add(RawRecords.hash(record));
            return;
        }
        if (envelope.version != 1) {
            return;
        }
        switch (ids.add(envelope.idHash, (int) (envelope.payloadHash() >>> 32))) {
            case Ids.NEW -> {
                if (envelope.isRejected()) {
                    letters.add(RawRecords.hash(record));
                } else {
                    results.add(envelope.resultHash(record.key(), 2, envelope.revisedAction()));
                }
            }
            case Ids.CONFLICT -> conflicts.add(RawRecords.hash(record));
            default -> {}
        }
    }

    @Override
    public void finish() {
        ids = new Ids();
    }
}
