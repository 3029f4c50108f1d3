package io.backprocess.format.jsonschema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * An order of JSON values in which those are equal that JSON Schema takes for equal: numbers by value, objects whatever the order
 * of their members. Two values are told apart in the time that the smaller one takes to read.
 */
final class JsonOrder implements Comparator<JsonNode> {
    static final JsonOrder ORDER = new JsonOrder();

    private JsonOrder() {}

    @Override
    public int compare(JsonNode left, JsonNode right) {
        int byType = left.getNodeType().compareTo(right.getNodeType());
        if (byType != 0 || left == right) {
            return byType;
        }
        return switch (left.getNodeType()) {
            case NUMBER -> left.decimalValue().compareTo(right.decimalValue());
            case STRING -> left.textValue().compareTo(right.textValue());
            case BOOLEAN -> Boolean.compare(left.booleanValue(), right.booleanValue());
            case ARRAY -> left.size() == right.size() ? elements(left, right) : left.size() - right.size();
            case OBJECT -> left.size() == right.size() ? members(left, right) : left.size() - right.size();
            default -> 0;
        };
    }

    private int elements(JsonNode left, JsonNode right) {
        for (int i = 0; i < left.size(); i++) {
            int order = compare(left.get(i), right.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private int members(JsonNode left, JsonNode right) {
        List<String> names = sortedNames(left);
        List<String> others = sortedNames(right);
        for (int i = 0; i < names.size(); i++) {
            int order = names.get(i).compareTo(others.get(i));
            if (order != 0) {
                return order;
            }
        }
        for (String name : names) {
            int order = compare(left.get(name), right.get(name));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static List<String> sortedNames(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        Collections.sort(names);
        return names;
    }
}
