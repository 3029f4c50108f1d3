package io.backprocess.testing;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * {@link HostileRecords} whose values are encoded by schemas, in the frame of Confluent's serializers. Every partition has values of
 * all schemas in turn, values whose schema is not known, and values that are damaged.
 */
public final class EncodedRecords {
    private static final int REMEMBERED = 1000;

    private final HostileRecords hostile;
    private final List<? extends HostileSchema> schemas;
    private final int[] useless;
    private final SplittableRandom random;
    private final List<byte[]> earlier = new ArrayList<>();
    private int ids;

    /**
     * @param schemas the last is rare
     * @param useless ids that no record can be read with
     */
    public EncodedRecords(
            String topic, int partitions, long seed, List<? extends HostileSchema> schemas, int... useless) {
        this.hostile = new HostileRecords(topic, partitions, seed, SavedCases.values());
        this.schemas = schemas;
        this.useless = useless;
        this.random = new SplittableRandom(seed);
    }

    public ProducerRecord<byte[], byte[]> next() {
        ProducerRecord<byte[], byte[]> record = hostile.next();
        return new ProducerRecord<>(
                record.topic(),
                record.partition(),
                record.timestamp(),
                record.key(),
                value(record.value()),
                record.headers());
    }

    private byte @Nullable [] value(byte @Nullable [] json) {
        int dice = random.nextInt(100);
        if (dice < 3 || json == null) {
            return json;
        }
        if (dice < 10 && !earlier.isEmpty()) {
            return earlier.get(random.nextInt(earlier.size()));
        }
        HostileSchema schema =
                schemas.get(random.nextInt(2000) == 0 ? schemas.size() - 1 : random.nextInt(schemas.size() - 1));
        byte[] value = schema.write("e-" + (random.nextInt(20) == 0 ? random.nextInt(1 + ids) : ids++), random);
        if (dice < 40) {
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                value = Damage.binary(value, random);
            }
        }
        byte[] framed = framed(schema.id(), value);
        switch (dice) {
            // The value of one schema with the id of another.
            case 40, 41 ->
                framed = framed(schemas.get(random.nextInt(schemas.size())).id(), value);
            case 42 -> framed = framed(useless[random.nextInt(useless.length)], value);
            case 43 -> framed[0] = (byte) random.nextInt(256);
            case 44 -> framed = Arrays.copyOf(framed, random.nextInt(6));
            default -> {}
        }
        if (framed.length < 10_000 && earlier.size() < REMEMBERED) {
            earlier.add(framed);
        } else if (framed.length < 10_000) {
            earlier.set(random.nextInt(REMEMBERED), framed);
        }
        return framed;
    }

    private static byte[] framed(int id, byte[] value) {
        return ByteBuffer.allocate(5 + value.length)
                .put((byte) 0)
                .putInt(id)
                .put(value)
                .array();
    }
}
