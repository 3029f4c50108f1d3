package io.backprocess.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.event.SourceRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Records that registries' own serializers wrote; src/foreign-registry says how. */
public final class ForeignRecords {
    private static final Path RECORDS = Path.of("src/test/resources/foreign-registry");

    private ForeignRecords() {}

    /**
     * Returns the records of a file.
     *
     * @param mode the last word of what a line says about its writer
     */
    public static List<SourceRecord> of(String file, String mode) throws IOException {
        List<SourceRecord> records = new ArrayList<>();
        for (String line : Files.readAllLines(RECORDS.resolve(file))) {
            JsonNode json = new ObjectMapper().readTree(line);
            if (json.path("about").textValue().endsWith(" " + mode)) {
                records.add(record(json));
            }
        }
        return records;
    }

    private static SourceRecord record(JsonNode json) throws IOException {
        RecordHeaders headers = new RecordHeaders();
        for (JsonNode header : json.path("headers")) {
            headers.add(header.path(0).textValue(), header.path(1).binaryValue());
        }
        return new SourceRecord(
                0,
                0,
                json.path("timestamp").longValue(),
                json.path("key").binaryValue(),
                json.path("value").binaryValue(),
                headers);
    }
}
