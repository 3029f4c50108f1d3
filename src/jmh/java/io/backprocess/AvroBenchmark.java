package io.backprocess;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.backprocess.format.EncodedValue;
import io.backprocess.format.SchemaText;
import io.backprocess.format.avro.AvroCodec;
import io.backprocess.json.JsonScanner;
import io.backprocess.json.MemberIndex;
import io.backprocess.json.Splices;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Measures an Avro record with 500 bytes of JSON content, in nanoseconds, beside the same JSON and Avro's own library. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
@NullUnmarked
public class AvroBenchmark {
    /** More than the processor's caches hold. */
    private static final int RECORDS = 20_000;

    private static final String SCHEMA =
            """
            {"type":"record","name":"Event","namespace":"com.acme","fields":[
              {"name":"eventId","type":"string"},
              {"name":"eventType","type":{"type":"enum","name":"Kind","symbols":["PURCHASE","RETURN","VIEW"]}},
              {"name":"occurredAt","type":{"type":"long","logicalType":"timestamp-millis"}},
              {"name":"schemaVersion","type":"int"},
              {"name":"payload","type":{"type":"record","name":"Payload","fields":[
                {"name":"orderId","type":"long"},
                {"name":"customer","type":"string"},
                {"name":"country","type":["null","string"]},
                {"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},
                {"name":"express","type":"boolean"},
                {"name":"weight","type":"double"},
                {"name":"coupon","type":["null","string"]},
                {"name":"items","type":{"type":"array","items":{"type":"record","name":"Item","fields":[
                  {"name":"sku","type":"string"},{"name":"quantity","type":"int"},{"name":"cents","type":"long"}]}}},
                {"name":"labels","type":{"type":"map","values":"string"}}]}}]}""";

    private final Schema schema = new Schema.Parser().parse(SCHEMA);
    private final List<byte[]> values = new ArrayList<>();
    private final List<byte[]> documents = new ArrayList<>();
    private final List<byte[]> changed = new ArrayList<>();
    private final JsonScanner scanner = new JsonScanner();
    private final MemberIndex payload = MemberIndex.flat();
    private final MemberIndex members = MemberIndex.withChildren(Map.of("payload", payload));
    private final GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(schema);
    private final GenericDatumWriter<GenericRecord> writer = new GenericDatumWriter<>(schema);
    private AvroCodec codec;
    private BinaryDecoder decoder;
    private BinaryEncoder encoder;

    @Setup
    public void setup() throws Exception {
        codec = AvroCodec.of(new SchemaText(SCHEMA, List.of()));
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < RECORDS; i++) {
            byte[] value = encode(record(random));
            values.add(value);
            documents.add(codec.read(value, 0));
            changed.add(change(documents.get(i)));
        }
        System.out.printf("%d bytes, %d bytes of JSON%n", values.get(0).length, documents.get(0).length);
    }

    private GenericRecord record(SplittableRandom random) {
        GenericRecord event = new GenericData.Record(schema);
        event.put("eventId", new java.util.UUID(random.nextLong(), random.nextLong()).toString());
        event.put("eventType", new GenericData.EnumSymbol(schema.getField("eventType").schema(), "PURCHASE"));
        event.put("occurredAt", 1_763_000_000_000L + random.nextInt());
        event.put("schemaVersion", 1);
        GenericRecord order = new GenericData.Record(schema.getField("payload").schema());
        order.put("orderId", random.nextLong(1L << 40));
        order.put("customer", "customer-" + random.nextInt(1_000_000));
        order.put("country", random.nextBoolean() ? "DE" : null);
        order.put("amount", java.nio.ByteBuffer.wrap(java.math.BigInteger.valueOf(random.nextInt(1_000_000)).toByteArray()));
        order.put("express", random.nextBoolean());
        order.put("weight", random.nextInt(10_000) / 1000d);
        order.put("coupon", null);
        Schema item = order.getSchema().getField("items").schema().getElementType();
        List<GenericRecord> items = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            GenericRecord each = new GenericData.Record(item);
            each.put("sku", "SKU-" + random.nextInt(100_000));
            each.put("quantity", random.nextInt(1, 5));
            each.put("cents", (long) random.nextInt(20_000));
            items.add(each);
        }
        order.put("items", items);
        order.put("labels", Map.of("channel", "web", "campaign", "autumn-" + random.nextInt(10)));
        event.put("payload", order);
        return event;
    }

    private byte[] encode(GenericRecord record) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        encoder = EncoderFactory.get().binaryEncoder(out, encoder);
        writer.write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void read(Blackhole hole) throws Exception {
        for (byte[] value : values) {
            hole.consume(codec.read(value, 0));
        }
    }

    /** Two members change: one of the record and one of the record inside. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void readChangeAndWrite(Blackhole hole) throws Exception {
        for (byte[] value : values) {
            byte[] json = codec.read(value, 0);
            hole.consume(codec.write(new EncodedValue(codec, value, 0, json), change(json), Map.of()));
        }
    }

    /** The part of {@link #readChangeAndWrite} that makes bytes of the changed JSON. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void write(Blackhole hole) throws Exception {
        for (int i = 0; i < RECORDS; i++) {
            EncodedValue base = new EncodedValue(codec, values.get(i), 0, documents.get(i));
            hole.consume(codec.write(base, changed.get(i), Map.of()));
        }
    }

    /** Measures the same as {@link #readChangeAndWrite} for plain JSON. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void changeJson(Blackhole hole) throws Exception {
        for (byte[] document : documents) {
            hole.consume(change(document));
        }
    }

    private byte[] change(byte[] json) throws Exception {
        scanner.reset(json, json.length);
        members.reset(json);
        scanner.finish(scanner.object(scanner.start(0), members));
        int[] spans = members.spans();
        int[] inner = payload.spans();
        Splices splices = new Splices();
        int version = 3 * MemberIndex.SPAN;
        int customer = MemberIndex.SPAN;
        splices.replace(spans[version + 2], spans[version + 3], "2".getBytes(UTF_8));
        splices.replace(inner[customer + 2], inner[customer + 3], "\"customer-1\"".getBytes(UTF_8));
        return splices.apply(json);
    }

    /** The bar: Avro's library makes objects and writes them again. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void genericRecord(Blackhole hole) throws Exception {
        GenericRecord reused = null;
        for (byte[] value : values) {
            decoder = DecoderFactory.get().binaryDecoder(value, decoder);
            reused = reader.read(reused, decoder);
            reused.put("schemaVersion", 2);
            ((GenericRecord) reused.get("payload")).put("customer", new Utf8("customer-1"));
            hole.consume(encode(reused));
        }
    }
}
