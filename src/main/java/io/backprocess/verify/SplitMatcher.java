package io.backprocess.verify;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Matches a partition in which some records come after the rest. Each of the two parts is in the order of the source. */
final class SplitMatcher implements Matcher {
    private final Matcher rest;
    private final Matcher apart;
    private final LongPredicate isApart;

    /** @param isApart tells by source offset whether a record belongs to the part after the rest */
    SplitMatcher(Matcher rest, Matcher apart, LongPredicate isApart) {
        this.rest = rest;
        this.apart = apart;
        this.isApart = isApart;
    }

    @Override
    public void expect(long sourceOffset, List<ProducerRecord<byte[], byte[]>> expected) {
        (isApart.test(sourceOffset) ? apart : rest).expect(sourceOffset, expected);
    }

    @Override
    public boolean comesNext(long sourceOffset, ProducerRecord<byte[], byte[]> expected) {
        return (isApart.test(sourceOffset) ? apart : rest).comesNext(sourceOffset, expected);
    }

    @Override
    public void write(DataOutput out) throws IOException {
        rest.write(out);
        apart.write(out);
    }

    @Override
    public void resume(DataInput in) throws IOException {
        rest.resume(in);
        apart.resume(in);
    }

    @Override
    public void finish() {
        rest.finish();
        apart.finish();
    }

    @Override
    public long counted() {
        return rest.counted() + apart.counted();
    }

    @Override
    public long ahead() {
        return rest.ahead() + apart.ahead();
    }

    @Override
    public long awaited() {
        return Math.min(rest.awaited(), apart.awaited());
    }

    @Override
    public void close() {
        try {
            rest.close();
        } finally {
            apart.close();
        }
    }
}
