package io.backprocess.foreign;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.storage.StringConverter;

/** Kafka Connect's converters. */
final class Converters {
    private Converters() {}

    static JsonConverter json(String type, boolean schemas, String decimals) {
        JsonConverter converter = new JsonConverter();
        converter.configure(
                Map.of("schemas.enable", schemas, "decimal.format", decimals, "converter.type", type), type.equals("key"));
        return converter;
    }

    static StringConverter text(boolean key) {
        StringConverter converter = new StringConverter();
        converter.configure(new HashMap<>(), key);
        return converter;
    }

    static SimpleHeaderConverter simple() {
        SimpleHeaderConverter converter = new SimpleHeaderConverter();
        converter.configure(Map.of());
        return converter;
    }
}
