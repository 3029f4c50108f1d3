package io.backprocess.kafka;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Limits what one poll takes into the heap to {@value #BYTES} bytes, except for its last record. A consumer limits what it
 * fetches before decompression, and what it hands out by the number of records. A thousand records that zstd made small could
 * be a hundred gigabytes.
 *
 * <p>When a consumer cannot read a record, it hands out the records before it and tries that record again at the next poll.
 * So the deserializer refuses the record that would be too much, as long as there are other records to hand out. The
 * interceptor sees the records of each poll last, and starts the count again.
 */
public final class BoundedPoll {
    static final int BYTES = 64 * 1024 * 1024;

    /**
     * The count of this thread's poll. A consumer polls and reads in one thread, and a thread polls one consumer at a time.
     */
    private static final ThreadLocal<Poll> POLL = ThreadLocal.withInitial(Poll::new);

    private BoundedPoll() {}

    /** Limits a consumer whose deserializers are named in its properties. */
    static void bound(Properties properties) {
        intercept(properties, NewPoll.class);
        properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, KeyDeserializer.class.getName());
        properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ValueDeserializer.class.getName());
    }

    /** Adds an interceptor to those that the user has configured. */
    static void intercept(Properties properties, Class<? extends ConsumerInterceptor<byte[], byte[]>> interceptor) {
        List<Object> all = new ArrayList<>();
        Object given = properties.get(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);
        if (given instanceof List<?> several) {
            all.addAll(several);
        } else if (given != null && !given.toString().isBlank()) {
            all.addAll(List.of(given.toString().split("\\s*,\\s*")));
        }
        all.remove(interceptor.getName());
        all.add(interceptor.getName());
        properties.put(
                ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG,
                String.join(",", all.stream().map(BoundedPoll::name).toList()));
    }

    private static String name(Object type) {
        return type instanceof Class<?> known ? known.getName() : type.toString();
    }

    /**
     * The bytes that were read since the last poll. A value that follows a tombstone's key may count as part of the same
     * record. Then one more record is handed out, but a record is never refused when none comes before it.
     */
    private static final class Poll {
        private long before;
        private long current;
        private boolean hasKey;

        void begin() {
            before = 0;
            current = 0;
            hasKey = false;
        }

        void key(Headers headers, int size) {
            next(size(headers) + size);
            hasKey = true;
        }

        void value(Headers headers, int size) {
            if (hasKey) {
                add(size);
                hasKey = false;
            } else {
                next(size(headers) + size);
            }
        }

        private static long size(Headers headers) {
            long size = 0;
            for (Header header : headers) {
                byte[] value = header.value();
                size += header.key().length() + (value == null ? 0 : value.length);
            }
            return size;
        }

        /** Counts the first bytes of another record: the one before it is complete and will be handed out. */
        private void next(long size) {
            before += current;
            current = 0;
            add(size);
        }

        private void add(long size) {
            current += size;
            if (before > 0 && before + current > BYTES) {
                current = 0;
                hasKey = false;
                throw new SerializationException(
                        "the record comes with the next poll: this one has %s bytes".formatted(before));
            }
        }
    }

    /** Reads keys and counts their bytes. */
    public static final class KeyDeserializer extends ByteArrayDeserializer {
        @Override
        public byte[] deserialize(String topic, Headers headers, ByteBuffer data) {
            POLL.get().key(headers, data.remaining());
            return super.deserialize(topic, headers, data);
        }
    }

    /** Reads values and counts their bytes. */
    public static final class ValueDeserializer extends ByteArrayDeserializer {
        @Override
        public byte[] deserialize(String topic, Headers headers, ByteBuffer data) {
            POLL.get().value(headers, data.remaining());
            return super.deserialize(topic, headers, data);
        }
    }

    /** Resets the count at the end of a poll. */
    public static final class NewPoll implements ConsumerInterceptor<byte[], byte[]> {
        @Override
        public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
            POLL.get().begin();
            return records;
        }

        @Override
        public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> configuration) {}
    }
}
