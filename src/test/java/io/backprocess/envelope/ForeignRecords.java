package io.backprocess.envelope;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.event.SourceRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Records that other libraries wrote, byte for byte; src/foreign has the programs that made the files. */
public final class ForeignRecords {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ForeignRecords() {}

    /**
     * One record.
     *
     * @param about the library with its version, and how it wrote the record
     */
    public record Foreign(String about, SourceRecord record) {
        /** Returns what a producer sends to write the record to partition 0 of a topic. */
        public ProducerRecord<byte[], byte[]> to(String topic) {
            return new ProducerRecord<>(topic, 0, record.timestamp(), record.key(), record.value(), record.headers());
        }

        @Override
        public String toString() {
            return about;
        }
    }

    /** Reads a file below {@code src/test/resources}; its records have the offsets from 0 on. */
    public static List<Foreign> of(String file) {
        List<Foreign> records = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(Path.of("src/test/resources", file))) {
                JsonNode json = JSON.readTree(line);
                RecordHeaders headers = new RecordHeaders();
                json.get("headers").forEach(header -> headers.add(header.get(0).asText(), bytes(header.get(1))));
                records.add(new Foreign(
                        json.get("about").asText(),
                        new SourceRecord(
                                0,
                                records.size(),
                                json.get("timestamp").asLong(),
                                bytes(json.get("key")),
                                bytes(json.get("value")),
                                headers)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return records;
    }

    private static byte @Nullable [] bytes(JsonNode base64) {
        return base64.isNull() ? null : Base64.getDecoder().decode(base64.asText());
    }
}
