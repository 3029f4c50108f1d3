package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds;
import io.backprocess.event.SourceRecord;
import io.backprocess.kafka.PartitionReader;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The proof of one partition of a batch of dedupe scope {@code partition}, with its source. It is done in steps. After each step
 * another lane can go on with what {@link #state} returns, in another process too.
 */
public final class Lane implements StepwiseProof {
    private final Evidence evidence;
    private final int partition;
    private final PartitionProof proof;
    private final PartitionReader source;

    private Lane(Evidence evidence, int partition, PartitionProof proof, PartitionReader source) {
        this.evidence = evidence;
        this.partition = partition;
        this.proof = proof;
        this.source = source;
    }

    /**
     * Begins at the partition's first record.
     *
     * @param seen takes the eventIds of the partition
     */
    public static Lane begin(Evidence evidence, int partition, SeenIds seen) {
        return new Lane(
                evidence, partition, PartitionProof.begin(evidence, partition, seen), evidence.source(partition));
    }

    /**
     * Goes on where another lane was.
     *
     * @param evidence the same as the other lane had, with findings of its own
     * @param seen the eventIds that the other lane had taken
     * @param state the other lane's {@link #state}
     */
    public static Lane resume(Evidence evidence, int partition, SeenIds seen, byte[] state) {
        return resume(evidence, partition, seen, state, false);
    }

    /**
     * Goes on where the lane of an earlier proof was at its end.
     *
     * @param evidence what there is now
     * @param seen the eventIds that the other lane had taken
     * @param state the other lane's {@link #state}; that lane must have found nothing, and {@link #canGoOn} must have been true
     */
    public static Lane goOn(Evidence evidence, int partition, SeenIds seen, byte[] state) {
        return resume(evidence, partition, seen, state, true);
    }

    private static Lane resume(Evidence evidence, int partition, SeenIds seen, byte[] state, boolean later) {
        return StateBytes.read(state, in -> {
            PartitionReader source = evidence.source(partition);
            long position = in.readLong();
            source.resume(position, in.readLong());
            // A lane that a later one goes on from has found nothing.
            (later ? new Findings() : evidence.findings).resume(in);
            (later ? new Unknowns() : evidence.unknowns).resume(in);
            PartitionProof proof = PartitionProof.resume(evidence, partition, seen, later ? position : null, in);
            return new Lane(evidence, partition, proof, source);
        });
    }

    @Override
    public boolean canGoOn() {
        return proof.canGoOn();
    }

    @Override
    public byte[] state() {
        return StateBytes.of(out -> {
            out.writeLong(source.position());
            out.writeLong(source.taken());
            evidence.findings.write(out);
            evidence.unknowns.write(out);
            proof.write(out);
        });
    }

    @Override
    public boolean advance(int records) {
        for (int taken = 0; taken < records; taken++) {
            ConsumerRecord<byte[], byte[]> record = source.next();
            if (record == null) {
                return false;
            }
            proof.expect(SourceRecord.of(record));
        }
        return true;
    }

    @Override
    public long passed() {
        return source.position() - evidence.ledgerRange(partition).start();
    }

    @Override
    public long taken() {
        return source.taken();
    }

    /** Ends the proof. There must be no more records. */
    PartitionResult finish() {
        return proof.finish();
    }

    /** Ends the proof, and returns a {@link PartitionReport}. */
    @Override
    public byte[] end() {
        return new PartitionReport(finish(), evidence.findings, evidence.unknowns).write();
    }

    @Override
    public void close() {
        try (proof) {
            source.close();
        }
    }
}
