package io.backprocess.foreign.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.apicurio.registry.serde.Legacy8ByteIdHandler;
import io.apicurio.registry.serde.config.IdOption;
import io.apicurio.registry.serde.config.SerdeConfig;
import io.apicurio.registry.serde.kafka.config.KafkaSerdeConfig;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serializer;

/** Writes records as Apicurio's serializers frame them; see the README. */
public final class ApicurioWriter {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] args) throws Exception {
        if (args.length < 8) {
            System.err.println("BOOTSTRAP|- REGISTRY/apis/registry/v3 TOPIC content4|global8|headers|headers-global|indexes SUBJECT"
                    + " COUNT SEED SCHEMA.avsc|.proto[#TYPE]|.json... [FIELD=VALUE...]");
            System.exit(2);
        }
        String registry = args[1];
        String topic = args[2];
        String subject = args[4];
        List<String> files = new ArrayList<>();
        Map<String, String> fixed = new HashMap<>();
        for (String arg : List.of(args).subList(7, args.length)) {
            int equals = arg.indexOf('=');
            if (equals < 0) {
                files.add(arg);
            } else {
                fixed.put(arg.substring(0, equals), arg.substring(equals + 1));
            }
        }
        Events events = Events.of(files.get(files.size() - 1), Long.parseLong(args[6]), fixed);
        register(registry, subject, files, events);
        long count = Long.parseLong(args[5]);
        @SuppressWarnings("unchecked")
        Serializer<Object> serializer = (Serializer<Object>) events.serializer();
        try (serializer) {
            serializer.configure(settings(registry, subject, args[3]), false);
            if (args[0].equals("-")) {
                for (long n = 0; n < count; n++) {
                    print("Apicurio serde 3.1.7, " + args[3], record(topic, events, n, serializer));
                }
            } else {
                send(args[0], topic, events, count, serializer);
            }
        }
    }

    private static Map<String, Object> settings(String registry, String subject, String mode) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(SerdeConfig.REGISTRY_URL, registry);
        settings.put(SerdeConfig.EXPLICIT_ARTIFACT_GROUP_ID, "default");
        settings.put(SerdeConfig.EXPLICIT_ARTIFACT_ID, subject);
        settings.put(SerdeConfig.FIND_LATEST_ARTIFACT, true);
        // It fails for Protobuf schemas that refer to others.
        settings.put(SerdeConfig.VALIDATION_ENABLED, false);
        boolean global = mode.equals("global8") || mode.equals("headers-global");
        settings.put(SerdeConfig.USE_ID, (global ? IdOption.globalId : IdOption.contentId).name());
        switch (mode) {
            case "content4" -> {}
            case "global8" -> settings.put(SerdeConfig.ID_HANDLER, Legacy8ByteIdHandler.class.getName());
            // As Confluent's serializer has it.
            case "indexes" -> {
                settings.put(SerdeConfig.SEND_TYPE_REF, false);
                settings.put(SerdeConfig.SEND_INDEXES, true);
            }
            case "headers", "headers-global" -> settings.put(KafkaSerdeConfig.ENABLE_HEADERS, true);
            default -> throw new IllegalArgumentException("no such mode: " + mode);
        }
        return settings;
    }

    /** Registers each schema with references to those before it that its text names. */
    private static void register(String registry, String subject, List<String> files, Events events) throws Exception {
        ArrayNode references = JSON.createArrayNode();
        for (String file : files) {
            boolean isLast = file.equals(files.get(files.size() - 1));
            Path path = Path.of(file.replaceFirst("#.*", ""));
            String text = Files.readString(path);
            String name = events.add(path, text);
            String artifact = isLast ? subject : name;
            String version = create(registry, artifact, text, references, events);
            references.addObject()
                    .put("groupId", "default")
                    .put("artifactId", artifact)
                    .put("version", version)
                    .put("name", name);
        }
    }

    private static String create(String registry, String artifact, String text, ArrayNode references, Events events)
            throws Exception {
        ObjectNode body = JSON.createObjectNode().put("artifactId", artifact).put("artifactType", events.type());
        ObjectNode content = body.putObject("firstVersion").putObject("content");
        content.put("content", text).put("contentType", events.mediaType());
        ArrayNode used = content.putArray("references");
        references.forEach(reference -> {
            if (text.contains('"' + reference.get("name").asText() + '"')) {
                used.add(reference);
            }
        });
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(
                                        registry + "/groups/default/artifacts?ifExists=FIND_OR_CREATE_VERSION"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        JsonNode answer = JSON.readTree(response.body());
        if (response.statusCode() != 200) {
            throw new IllegalStateException(answer.toString());
        }
        return answer.get("version").get("version").asText();
    }

    private static ProducerRecord<byte[], byte[]> record(
            String topic, Events events, long n, Serializer<Object> serializer) {
        Object event = events.event(n);
        Object user = events.userId(event);
        byte[] key = (user == null ? "key-" + n % 1000 : user.toString()).getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, null, Values.FIRST_TIME + n, key, new byte[0]);
        byte[] value = serializer.serialize(topic, record.headers(), event);
        return new ProducerRecord<>(topic, null, record.timestamp(), key, value, record.headers());
    }

    private static void send(String bootstrap, String topic, Events events, long count, Serializer<Object> serializer)
            throws Exception {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrap);
        properties.setProperty("acks", "all");
        properties.setProperty("linger.ms", "20");
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long n = 0; n < count; n++) {
                producer.send(record(topic, events, n, serializer), (written, failed) -> {
                    if (failed != null) {
                        failure.compareAndSet(null, failed);
                    }
                });
            }
        }
        if (failure.get() != null) {
            throw failure.get();
        }
        System.out.println(count + " records in " + topic);
    }

    private static void print(String about, ProducerRecord<byte[], byte[]> record) {
        ObjectNode line = JSON.createObjectNode()
                .put("about", about)
                .put("timestamp", record.timestamp())
                .put("key", Base64.getEncoder().encodeToString(record.key()))
                .put("value", Base64.getEncoder().encodeToString(record.value()));
        ArrayNode headers = line.putArray("headers");
        for (Header header : record.headers()) {
            headers.addArray().add(header.key()).add(Base64.getEncoder().encodeToString(header.value()));
        }
        System.out.println(line);
    }
}
