package io.backprocess.format.protobuf;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import io.backprocess.json.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Shows what Protobuf's own reader found as our JSON; and the unknown fields of all messages by their place. */
final class DynamicJson {
    private DynamicJson() {}

    static String of(MessageOrBuilder message) {
        List<String> members = new ArrayList<>();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.isRepeated() || !field.hasPresence() || message.hasField(field)) {
                members.add("\"%s\":%s".formatted(field.getName(), value(field, message.getField(field))));
            }
        }
        return "{" + String.join(",", members) + "}";
    }

    private static String value(FieldDescriptor field, Object value) {
        if (field.isMapField()) {
            Map<String, String> entries = new LinkedHashMap<>();
            for (Object each : (List<?>) value) {
                Message entry = (Message) each;
                FieldDescriptor key = entry.getDescriptorForType().findFieldByNumber(1);
                FieldDescriptor entryValue = entry.getDescriptorForType().findFieldByNumber(2);
                String name = one(key, entry.getField(key));
                entries.remove(name);
                entries.put(name, one(entryValue, entry.getField(entryValue)));
            }
            return entries.entrySet().stream()
                    .map(each -> (each.getKey().startsWith("\"") ? each.getKey() : "\"" + each.getKey() + "\"") + ":"
                            + each.getValue())
                    .collect(Collectors.joining(",", "{", "}"));
        }
        if (field.isRepeated()) {
            return ((List<?>) value).stream().map(each -> one(field, each)).collect(Collectors.joining(",", "[", "]"));
        }
        return one(field, value);
    }

    private static String one(FieldDescriptor field, Object value) {
        if (value instanceof Message message) {
            return of(message);
        }
        if (value instanceof EnumValueDescriptor symbol) {
            boolean unknown = symbol.getIndex() == -1;
            return unknown ? Integer.toString(symbol.getNumber()) : "\"" + symbol.getName() + "\"";
        }
        if (value instanceof ByteString bytes) {
            return "\"" + Base64.getEncoder().encodeToString(bytes.toByteArray()) + "\"";
        }
        if (value instanceof String text) {
            return new String(JsonText.quote(text), StandardCharsets.UTF_8);
        }
        if (value instanceof Double || value instanceof Float) {
            // Whether the text is the shortest is another test's question: this one reads it back.
            return "~" + value;
        }
        return switch (field.getType()) {
            case UINT32, FIXED32 -> Integer.toUnsignedString((Integer) value);
            case UINT64, FIXED64 -> Long.toUnsignedString((Long) value);
            default -> String.valueOf(value);
        };
    }

    /** Returns the unknown fields of each message that has some. */
    static Map<String, String> unknown(Message message) {
        Map<String, String> found = new LinkedHashMap<>();
        unknown("", message, found);
        return found;
    }

    private static void unknown(String place, Message message, Map<String, String> found) {
        if (!message.getUnknownFields().asMap().isEmpty()) {
            found.put(place, message.getUnknownFields().toString());
        }
        message.getAllFields().forEach((field, value) -> {
            List<?> values = value instanceof List<?> list ? list : List.of(value);
            for (int i = 0; i < values.size(); i++) {
                if (values.get(i) instanceof Message inner) {
                    // Of two entries with the same key, only the last counts.
                    String step = field.isMapField() ? String.valueOf(key(inner)) : Integer.toString(i);
                    String at = "%s/%s/%s".formatted(place, field.getName(), step);
                    found.keySet().removeIf(each -> field.isMapField() && (each + "/").startsWith(at + "/"));
                    unknown(at, inner, found);
                }
            }
        });
    }

    private static Object key(Message entry) {
        return entry.getField(entry.getDescriptorForType().findFieldByNumber(1));
    }
}
