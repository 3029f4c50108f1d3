package io.backprocess;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.decode.Decoder;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.Taken;
import io.backprocess.event.UnreadableException;
import io.backprocess.event.ValueFormat;
import io.backprocess.format.EncodedValue;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.format.avro.AvroCodec;
import io.backprocess.json.JsonPointer;
import io.backprocess.json.MemberIndex;
import io.backprocess.revise.operator.Revise;
import io.backprocess.sample.DirtyHistory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.AuxCounters;
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

/** The benchmark measures the nanoseconds of one event as JSON and as Avro, from its bytes to those of its result. */
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

    private static final int TURN = 2_000;

    /** The byte 0 and the id of the Confluent framing. */
    private static final int FRAME = 5;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final ObjectMapper jackson = new ObjectMapper();
    private final List<SourceRecord> json = new ArrayList<>();
    private final List<SourceRecord> avro = new ArrayList<>();
    private final List<EncodedValue> bases = new ArrayList<>();
    private final List<byte[]> changed = new ArrayList<>();
    private final Decoder jsonDecoder = new Decoder(EnvelopeMapping.OWN, null, null);
    private final MemberIndex members = MemberIndex.flat();
    private final Revise revise =
            new Revise("bench", ProcessVersion.of("1"), List.of("purchase-split"), Map.of(), 1 << 20);
    private OneSchema format;
    private Decoder avroDecoder;
    private Schema schema;
    private GenericDatumReader<GenericRecord> reader;
    private GenericDatumWriter<GenericRecord> writer;
    private BinaryDecoder decoder;
    private BinaryEncoder encoder;

    @Setup
    public void setup() throws Exception {
        String text = Files.readString(Path.of("scripts/bench.d/src/main/resources/event.avsc"));
        schema = new Schema.Parser().parse(text);
        reader = new GenericDatumReader<>(schema);
        writer = new GenericDatumWriter<>(schema);
        format = new OneSchema(AvroCodec.of(new SchemaText(text, List.of())));
        avroDecoder = new Decoder(EnvelopeMapping.OWN.reading(format), null, null);
        revise.open(getClass().getClassLoader());
        DirtyHistory history = new DirtyHistory("history", 4, 2 * RECORDS, 1);
        while (json.size() < RECORDS) {
            ProducerRecord<byte[], byte[]> record = history.next();
            JsonNode envelope = tree(record.value());
            if (envelope.path("payload").has("amount")) {
                add(json, record, record.value());
                add(avro, record, encode((GenericRecord) datum(schema, envelope)));
            }
        }
        for (SourceRecord record : avro) {
            if (avroDecoder.decode(record) instanceof Event event && revise.map(event) instanceof Taken taken) {
                bases.add(format.read(record, record.value(), members));
                changed.add(taken.results().get(0).envelope());
            }
        }
        System.out.printf(
                "%d bytes of Avro, %d of JSON, %d results%n",
                avro.get(0).value().length, json.get(0).value().length, changed.size());
        while (changed.size() < RECORDS) {
            bases.add(bases.get(bases.size() / 2));
            changed.add(changed.get(changed.size() / 2));
        }
    }

    private JsonNode tree(byte[] value) {
        try {
            return jackson.readTree(value);
        } catch (IOException e) {
            return jackson.missingNode();
        }
    }

    private static void add(List<SourceRecord> records, ProducerRecord<byte[], byte[]> record, byte[] value) {
        records.add(new SourceRecord(
                record.partition(), records.size(), record.timestamp(), record.key(), value, record.headers()));
    }

    /** Returns a JSON value as Avro's library has it. */
    private static Object datum(Schema type, JsonNode value) {
        return switch (type.getType()) {
            case RECORD -> {
                GenericRecord record = new GenericData.Record(type);
                type.getFields().forEach(field -> record.put(field.pos(), datum(field.schema(), value.path(field.name()))));
                yield record;
            }
            case ARRAY -> {
                List<Object> items = new ArrayList<>();
                value.forEach(item -> items.add(datum(type.getElementType(), item)));
                yield items;
            }
            case UNION -> value.isNull() ? null : datum(type.getTypes().get(1), value);
            case BYTES -> ByteBuffer.wrap(new BigDecimal(value.asText()).setScale(3).unscaledValue().toByteArray());
            case LONG -> Instant.parse(value.textValue()).toEpochMilli();
            case INT -> value.intValue();
            default -> value.textValue();
        };
    }

    private byte[] encode(GenericRecord record) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(512);
        out.write(new byte[FRAME], 0, FRAME);
        encoder = EncoderFactory.get().binaryEncoder(out, encoder);
        writer.write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }

    /** The Confluent framing of one schema, without a registry. */
    @SuppressWarnings("serial")
    private record OneSchema(AvroCodec codec) implements ValueFormat {
        @Override
        public EncodedValue read(SourceRecord record, byte[] value, MemberIndex members) throws UnreadableException {
            try {
                return new EncodedValue(codec, value, FRAME, codec.read(value, FRAME, members));
            } catch (UnfitException e) {
                throw UnreadableException.unfit(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public byte[] write(EncodedValue base, byte[] json, Map<JsonPointer, JsonPointer> origins)
                throws UnfitException {
            return codec.write(base, json, origins, base.frame());
        }

        @Override
        public Headers headers(EncodedValue base, Headers headers) {
            return headers;
        }

        @Override
        public ValueFormat knowingVersions(Set<String> subjects) {
            return this;
        }

        @Override
        public Integer schemaVersion(String subject, SourceRecord record) {
            return null;
        }
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void decodeJson(Blackhole hole) {
        for (SourceRecord record : json) {
            hole.consume(jsonDecoder.decode(record));
        }
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void decodeAvro(Blackhole hole) {
        for (SourceRecord record : avro) {
            hole.consume(avroDecoder.decode(record));
        }
    }

    /** Decode, revise and write, one record after the other as in the job. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void pathJson(Blackhole hole) throws Exception {
        path(jsonDecoder, json, hole);
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void pathAvro(Blackhole hole) throws Exception {
        path(avroDecoder, avro, hole);
    }

    /** The CPU time of {@link #inTurns} in nanoseconds. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class CpuTimes {
        public long json;
        public long avro;
    }

    /** Both paths in short turns, so that whatever else the machine does costs both the same. */
    @Benchmark
    @OperationsPerInvocation(2 * RECORDS)
    public void inTurns(CpuTimes times, Blackhole hole) throws Exception {
        for (int from = 0; from < RECORDS; from += TURN) {
            long start = threads.getCurrentThreadCpuTime();
            path(jsonDecoder, json.subList(from, from + TURN), hole);
            long between = threads.getCurrentThreadCpuTime();
            path(avroDecoder, avro.subList(from, from + TURN), hole);
            times.json += between - start;
            times.avro += threads.getCurrentThreadCpuTime() - between;
        }
    }

    private void path(Decoder decoding, List<SourceRecord> records, Blackhole hole) throws Exception {
        for (SourceRecord record : records) {
            if (decoding.decode(record) instanceof Event event) {
                hole.consume(revise.map(event));
            }
        }
    }

    /** The codec's part of {@link #decodeAvro}. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void read(Blackhole hole) throws Exception {
        for (SourceRecord record : avro) {
            hole.consume(format.read(record, record.value(), members));
        }
    }

    /** The codec's part of what follows in {@link #pathAvro}. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void write(Blackhole hole) throws Exception {
        for (int i = 0; i < RECORDS; i++) {
            hole.consume(format.write(bases.get(i), changed.get(i), Map.of()));
        }
    }

    /** The bar: Avro's library makes objects, which are changed, and writes them again. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void genericRecord(Blackhole hole) throws Exception {
        GenericRecord reused = null;
        for (SourceRecord record : avro) {
            byte[] value = record.value();
            decoder = DecoderFactory.get().binaryDecoder(value, FRAME, value.length - FRAME, decoder);
            reused = reader.read(reused, decoder);
            reused.put("correlationId", new Utf8("bench"));
            reused.put("processVersion", 2);
            GenericRecord payload = (GenericRecord) reused.get("payload");
            if (payload.get("itemSku").toString().startsWith("SKU-PREMIUM-")) {
                payload.put("actionType", new Utf8("SubscriptionAPurchased"));
            }
            hole.consume(encode(reused));
        }
    }
}
