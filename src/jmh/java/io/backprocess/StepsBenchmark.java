package io.backprocess;

import io.backprocess.envelope.Envelope;
import io.backprocess.event.EnvelopeMapping;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.decode.Decoder;
import io.backprocess.dedupe.SeenIds;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Result;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.Taken;
import io.backprocess.publish.ResultSerializer;
import io.backprocess.revise.operator.Revise;
import io.backprocess.sample.DirtyHistory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
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

/** What each step takes for one record of the sample history, in nanoseconds, and what Jackson takes to read one. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
@NullUnmarked // Flink passes contexts that a benchmark does not have
public class StepsBenchmark {
    /** More than the processor's caches hold. */
    private static final int RECORDS = 20_000;

    private final List<SourceRecord> records = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private final List<Result> results = new ArrayList<>();
    private final Decoder decoder = new Decoder(EnvelopeMapping.OWN, null, null);
    private final Revise revise =
            new Revise("bench", ProcessVersion.of("1"), List.of("purchase-split"), Map.of(), 1 << 20);
    private final Revise rules = rules();
    private final Revise limited = new Revise(
                    "bench", ProcessVersion.of("1"), List.of("purchase-split"), Map.of(), 1 << 20)
            .within(Duration.ofSeconds(5));
    private final ResultSerializer serializer = new ResultSerializer(
            "bench", "history", "history.bench", "purchase-split", ResultHeaders.ORIGIN, "backprocess.ledger", 0);
    private final EnvelopeMapping mapping = mapping();
    private final Decoder mappedDecoder = new Decoder(mapping, null, null);
    private final Revise mappedRevise = new Revise(
                    "bench", ProcessVersion.of("1"), List.of("purchase-split"), Map.of(), 1 << 20)
            .under(mapping);
    private final ObjectMapper jackson = new ObjectMapper();
    private final JsonFactory streaming = new JsonFactory();

    private static Revise rules() {
        try {
            String yaml = Files.readString(Path.of("examples/rules/purchase-split.yaml"));
            return new Revise(
                    "bench",
                    ProcessVersion.of("1"),
                    List.of("purchase-split-rules"),
                    Map.of("rules:purchase-split-rules", yaml),
                    1 << 20);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same members as those of the own envelope, as a file describes them. */
    private static EnvelopeMapping mapping() {
        try {
            return Envelope.of(Files.readString(Path.of("scripts/bench.d/mapped.yaml")), "history")
                    .mapping();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Setup
    public void setup() throws Exception {
        revise.open(getClass().getClassLoader());
        rules.open(getClass().getClassLoader());
        limited.open(getClass().getClassLoader());
        mappedRevise.open(getClass().getClassLoader());
        DirtyHistory history = new DirtyHistory("history", 4, RECORDS, 1);
        long offset = 0;
        while (history.hasNext()) {
            ProducerRecord<byte[], byte[]> record = history.next();
            records.add(new SourceRecord(
                    record.partition(), offset++, record.timestamp(), record.key(), record.value(), record.headers()));
        }
        for (SourceRecord record : records) {
            if (decoder.decode(record) instanceof Event event) {
                events.add(event);
                if (revise.map(event) instanceof Taken taken) {
                    results.addAll(taken.results());
                }
            }
        }
        while (events.size() < RECORDS) {
            events.add(events.get(events.size() / 2));
        }
        while (results.size() < RECORDS) {
            results.add(results.get(results.size() / 2));
        }
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void decode(Blackhole hole) {
        for (SourceRecord record : records) {
            hole.consume(decoder.decode(record));
        }
    }

    /** The same as {@link #decode}, with an envelope that a file describes. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void decodeMapped(Blackhole hole) {
        for (SourceRecord record : records) {
            hole.consume(mappedDecoder.decode(record));
        }
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void dedupe(Blackhole hole) {
        SeenIds seen = new SeenIds(1);
        for (Event event : events) {
            hole.consume(seen.take(seen.identify(event)));
        }
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void revise(Blackhole hole) throws Exception {
        for (Event event : events) {
            hole.consume(revise.map(event));
        }
    }

    /** The same logic as {@link #revise}, written as rules. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void reviseByRules(Blackhole hole) throws Exception {
        for (Event event : events) {
            hole.consume(rules.map(event));
        }
    }

    /** The same as {@link #revise}, under {@code --revision-timeout}. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void reviseWithinALimit(Blackhole hole) throws Exception {
        for (Event event : events) {
            hole.consume(limited.map(event));
        }
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void serialize(Blackhole hole) {
        for (Result result : results) {
            hole.consume(serializer.serialize(result, null, null));
        }
    }

    /** Decode, dedupe, revise and serialize, one record after the other as in the job. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void wholePath(Blackhole hole) throws Exception {
        wholePath(decoder, revise, hole);
    }

    /** The same as {@link #wholePath}, with an envelope that a file describes. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void wholePathMapped(Blackhole hole) throws Exception {
        wholePath(mappedDecoder, mappedRevise, hole);
    }

    private void wholePath(Decoder decoding, Revise revising, Blackhole hole) throws Exception {
        SeenIds seen = new SeenIds(1);
        for (SourceRecord record : records) {
            Outcome outcome = decoding.decode(record);
            if (outcome instanceof Event event) {
                outcome = revising.map(SeenIds.outcome(event, seen.take(seen.identify(event))));
            }
            if (outcome instanceof Taken taken) {
                for (Result result : taken.results()) {
                    hole.consume(serializer.serialize(result, null, null));
                }
            }
        }
    }

    /** The bar for {@link #decode}: Jackson notes where the members of envelope and payload stand. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void jacksonPositions(Blackhole hole) throws IOException {
        long[] positions = new long[256];
        for (SourceRecord record : records) {
            int length = 0;
            int depth = 0;
            try (JsonParser parser = streaming.createParser(record.value())) {
                for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                    depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                    if (depth <= 2 && !token.isStructEnd()) {
                        positions[length++ & 255] = parser.currentTokenLocation().getByteOffset();
                        parser.finishToken();
                        positions[length++ & 255] = parser.currentLocation().getByteOffset();
                    }
                }
            } catch (JsonParseException e) {
                hole.consume(e);
            }
            hole.consume(length);
        }
        hole.consume(positions);
    }

    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void jacksonTree(Blackhole hole) throws IOException {
        for (SourceRecord record : records) {
            try {
                hole.consume(jackson.readTree(record.value()));
            } catch (JsonProcessingException e) {
                hole.consume(e);
            }
        }
    }
}
