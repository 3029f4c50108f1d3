package io.backprocess.testing;

import io.backprocess.format.Codec;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.format.avro.AvroCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/** Purchases that Avro's own library has encoded. */
public final class HostileAvro implements HostileSchema {
    /** The schema of {@link AvroEvents}, whose payload also has a purchase in a purchase, and other unions. */
    public static final String RECURSIVE =
            AvroEvents.SCHEMA.replace("com.acme", "com.acme.v2").replace("{\"name\":\"actionType\"", """
                    {"name":"next","type":["null","Purchase"],"default":null},
                    {"name":"kind","type":["null",{"type":"enum","name":"Kind","symbols":["A","B"]},"double"],"default":null},
                    {"name":"raw","type":{"type":"fixed","name":"Raw","size":3},"default":"abc"},
                    {"name":"paid","type":"boolean"},
                    {"name":"actionType\"""");

    /** The schema of {@link AvroEvents}, with 10 000 more fields. */
    public static final String WIDE = AvroEvents.SCHEMA
            .replace("com.acme", "com.acme.wide")
            .replace(
                    "{\"name\":\"actionType\"",
                    IntStream.range(0, 10_000)
                                    .mapToObj(
                                            "{\"name\":\"f%d\",\"type\":[\"null\",\"int\"],\"default\":null},"
                                                    ::formatted)
                                    .collect(Collectors.joining())
                            + "{\"name\":\"actionType\"");

    private static final String[] TEXTS = {
        "Purchased", "SKU-PREMIUM-7", "SKU-BASIC-1", "", "\u0000\"\\", "\ud83d\ude00", "x".repeat(300)
    };

    private final int id;
    private final Codec codec;
    private final Schema schema;
    private final Schema payload;
    private final Schema item;

    public HostileAvro(int id, String text) throws UnfitException {
        this.id = id;
        this.codec = AvroCodec.of(new SchemaText(text, List.of()));
        this.schema = new Schema.Parser().parse(text);
        this.payload = schema.getField("payload").schema();
        this.item = payload.getField("items").schema().getTypes().get(1).getElementType();
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public Codec codec() {
        return codec;
    }

    @Override
    public byte[] write(String eventId, SplittableRandom random) {
        GenericRecord event = new GenericData.Record(schema);
        event.put("eventId", random.nextInt(100) == 0 ? "" : eventId);
        event.put("correlationId", random.nextBoolean() ? null : "of an earlier batch");
        event.put("eventTimestamp", random.nextLong() >> random.nextInt(64));
        event.put("processVersion", random.nextInt(8) == 0 ? random.nextInt(4) : 1);
        event.put("tags", random.nextInt(4) == 0 ? List.of() : List.of("a", text(random)));
        event.put("payload", purchase(random));
        boolean blocks = random.nextBoolean();
        byte[] encoded = encoded(event, blocks);
        boolean deep = payload.getField("next") != null && random.nextInt(500) == 0;
        return deep ? nested(encoded, encoded((GenericRecord) event.get("payload"), blocks), random) : encoded;
    }

    private static byte[] encoded(GenericRecord record, boolean blocks) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BinaryEncoder encoder = blocks
                ? EncoderFactory.get().blockingBinaryEncoder(out, null)
                : EncoderFactory.get().binaryEncoder(out, null);
        try {
            new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Puts the payload, which is at the end, into itself many times; the library would need a large stack. */
    private static byte[] nested(byte[] event, byte[] payload, SplittableRandom random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(event, 0, event.length - payload.length);
        int depth = random.nextInt(1200);
        for (int i = 0; i < depth; i++) {
            out.write(2);
        }
        out.writeBytes(payload);
        for (int i = 0; i < depth; i++) {
            out.write(payload, 1, payload.length - 1);
        }
        return out.toByteArray();
    }

    private GenericRecord purchase(SplittableRandom random) {
        GenericRecord purchase = new GenericData.Record(payload);
        purchase.put("actionType", random.nextInt(6) == 0 ? text(random) : "Purchased");
        purchase.put("itemSku", random.nextInt(20) == 0 ? null : text(random));
        purchase.put("amount", AvroEvents.decimal(amount(random)));
        purchase.put("items", random.nextInt(5) == 0 ? items(random) : null);
        Map<String, @Nullable Object> extra = new TreeMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            extra.put(
                    "key" + random.nextInt(9),
                    switch (random.nextInt(4)) {
                        case 0 -> null;
                        case 1 -> random.nextLong();
                        case 2 -> Double.longBitsToDouble(random.nextLong());
                        default -> text(random);
                    });
        }
        purchase.put("extra", extra);
        if (payload.getField("raw") != null) {
            Schema raw = payload.getField("raw").schema();
            purchase.put("raw", new GenericData.Fixed(raw, new byte[] {1, (byte) random.nextInt(), 3}));
            purchase.put("paid", random.nextBoolean());
            purchase.put("kind", random.nextBoolean() ? null : random.nextDouble());
        }
        if (payload.getField("f7") != null) {
            purchase.put("f7", random.nextInt());
        }
        return purchase;
    }

    private List<GenericRecord> items(SplittableRandom random) {
        List<GenericRecord> items = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            GenericRecord each = new GenericData.Record(item);
            each.put("itemSku", text(random));
            each.put("amount", AvroEvents.decimal(amount(random)));
            items.add(each);
        }
        return items;
    }

    private static String amount(SplittableRandom random) {
        return random.nextInt(10) == 0 ? "-" + random.nextInt(3) : random.nextInt(100_000) + "." + random.nextInt(1000);
    }

    private static String text(SplittableRandom random) {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    /** Nothing lies beside the JSON. Avro's own library reads the value to its end, unless it is deep. */
    @Override
    public String rest(byte[] value) {
        try {
            BinaryDecoder in = DecoderFactory.get().binaryDecoder(value, null);
            new GenericDatumReader<GenericRecord>(schema).read(null, in);
            return in.isEnd() ? "" : "more bytes";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (StackOverflowError e) {
            return "";
        }
    }
}
