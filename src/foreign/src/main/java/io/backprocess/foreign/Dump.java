package io.backprocess.foreign;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** Collects records and writes them as lines of JSON. Lines of another writer in the same file stay. */
final class Dump {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final String writer;
    private final List<String> lines = new ArrayList<>();

    /** @param writer how "about" of this writer's lines begins */
    Dump(String[] args, String name, String writer) {
        this.file = Path.of(args.length > 0 ? args[0] : "../test/resources/foreign").resolve(name + ".jsonl");
        this.writer = writer;
    }

    void add(String mode, long timestamp, byte[] key, byte[] value, Headers headers) {
        ObjectNode line = JSON.createObjectNode();
        line.put("about", writer + ", " + mode);
        line.put("timestamp", timestamp);
        line.put("key", base64(key));
        line.put("value", base64(value));
        ArrayNode list = line.putArray("headers");
        for (Header header : headers) {
            list.addArray().add(header.key()).add(base64(header.value()));
        }
        lines.add(line.toString());
    }

    void write() throws IOException {
        List<String> all = new ArrayList<>(lines);
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                String about = JSON.readTree(line).path("about").asText();
                if (!about.startsWith(writer.substring(0, writer.indexOf(' ')))) {
                    all.add(line);
                }
            }
        }
        Files.createDirectories(file.getParent());
        Files.writeString(file, String.join("\n", all) + "\n");
        System.out.println(lines.size() + " records in " + file.getFileName());
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String base64(byte[] bytes) {
        return bytes == null ? null : Base64.getEncoder().encodeToString(bytes);
    }
}
