package io.backprocess.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Says where each record of a partition belongs, and what must be made of it. It sees the records in their order. */
public interface Judge {
    Verdict judge(ConsumerRecord<byte[], byte[]> record);

    /** A result's value as text to compare: byte for byte, but for what stands around the members that a result may change. */
    String normal(byte[] value);

    /**
     * @param place skipped, duplicate, results, or the reason of a dead letter
     * @param results in their order
     */
    record Verdict(String place, List<Made> results) {
        public boolean isDead() {
            return !Set.of("skipped", "duplicate", "results").contains(place);
        }
    }

    /** @param value as {@link #normal} writes it */
    record Made(String value, List<Header> headers) {}

    /** The headers of a record, to be changed. */
    static List<Header> headers(ConsumerRecord<byte[], byte[]> record) {
        return new ArrayList<>(List.of(record.headers().toArray()));
    }

    /** The header by which a result names its source. */
    static Header source(ConsumerRecord<byte[], byte[]> record) {
        String origin = record.topic() + "/" + record.partition() + "/" + record.offset();
        return new RecordHeader("backprocess.source", origin.getBytes(UTF_8));
    }
}
