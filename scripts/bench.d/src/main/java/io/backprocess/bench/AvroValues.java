package io.backprocess.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/**
 * Values in the Confluent framing, read and written by Avro's library as the usual serializers do it: a byte 0, the id of the schema
 * in 4 bytes, the value. A schema is asked for once. Readers, writers, buffers and records are reused, so one thread uses this.
 */
final class AvroValues {
    private static final int FRAME = 5;

    private final String registry;
    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Integer, Type> types = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private BinaryDecoder decoder;
    private BinaryEncoder encoder;
    /** The type of the value that was read last. */
    private Type last;

    AvroValues(String registry) {
        this.registry = registry;
    }

    private static final class Type {
        final int id;
        final GenericDatumReader<GenericRecord> reader;
        final GenericDatumWriter<GenericRecord> writer;
        GenericRecord reused;

        Type(int id, Schema schema) {
            this.id = id;
            this.reader = new GenericDatumReader<>(schema);
            this.writer = new GenericDatumWriter<>(schema);
        }
    }

    /** Registers a schema, and returns its id. */
    int register(String subject, String schema) {
        try {
            String body = json.writeValueAsString(Map.of("schema", schema));
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            URI.create("%s/subjects/%s/versions".formatted(registry, subject)))
                    .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                    .POST(HttpRequest.BodyPublishers.ofString(body));
            return json.readTree(send(request)).required("id").intValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String send(HttpRequest.Builder request) throws IOException {
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException("the registry answers %d: %s".formatted(response.statusCode(), response.body()));
            }
            return response.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** Returns the record of a value, which is overwritten by the next one. */
    GenericRecord read(byte[] value) throws IOException {
        if (value == null || value.length < FRAME || value[0] != 0) {
            throw new IOException("no Confluent frame");
        }
        last = type(ByteBuffer.wrap(value).getInt(1));
        decoder = DecoderFactory.get().binaryDecoder(value, FRAME, value.length - FRAME, decoder);
        last.reused = last.reader.read(last.reused, decoder);
        return last.reused;
    }

    private Type type(int id) throws IOException {
        Type type = types.get(id);
        if (type == null) {
            String answer = send(HttpRequest.newBuilder(URI.create("%s/schemas/ids/%d".formatted(registry, id))));
            String schema = json.readTree(answer).required("schema").textValue();
            type = new Type(id, new Schema.Parser().parse(schema));
            types.put(id, type);
        }
        return type;
    }

    /** Writes a record of the schema of the value that was read last. */
    byte[] write(GenericRecord record) throws IOException {
        return write(last, record);
    }

    byte[] write(int id, GenericRecord record) throws IOException {
        return write(type(id), record);
    }

    private byte[] write(Type type, GenericRecord record) throws IOException {
        out.reset();
        out.write(0);
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.write(type.id >> shift);
        }
        encoder = EncoderFactory.get().binaryEncoder(out, encoder);
        type.writer.write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }
}
