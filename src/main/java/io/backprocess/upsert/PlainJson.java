package io.backprocess.upsert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.backprocess.json.ForeignJson;
import java.math.BigDecimal;
import java.util.TreeMap;

/** Writes JSON in one form for all spellings of the same value: members by name, numbers without spare zeros, no spaces. */
final class PlainJson {
    private static final ObjectMapper JSON = JsonMapper.builder(
                    ForeignJson.factory().build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final boolean numbersAreDoubles;

    PlainJson(boolean numbersAreDoubles) {
        this.numbersAreDoubles = numbersAreDoubles;
    }

    String of(String text) throws JsonProcessingException {
        StringBuilder plain = new StringBuilder();
        write(JSON.readTree(text), plain);
        return plain.toString();
    }

    private void write(JsonNode node, StringBuilder plain) {
        if (node.isObject()) {
            TreeMap<String, JsonNode> members = new TreeMap<>();
            node.fields().forEachRemaining(member -> members.put(member.getKey(), member.getValue()));
            plain.append('{');
            members.forEach((name, value) -> {
                plain.append(JSON.getNodeFactory().textNode(name)).append(':');
                write(value, plain);
                plain.append(',');
            });
            plain.append('}');
        } else if (node.isArray()) {
            plain.append('[');
            node.forEach(element -> {
                write(element, plain);
                plain.append(',');
            });
            plain.append(']');
        } else if (node.isNumber()) {
            BigDecimal number = node.decimalValue();
            plain.append(numbersAreDoubles ? number.doubleValue() : number.stripTrailingZeros());
        } else {
            plain.append(node);
        }
    }
}
