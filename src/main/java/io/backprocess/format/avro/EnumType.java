package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.json.JsonText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

final class EnumType implements LeafType {
    private static final int LONGEST_LIST = 200;

    private final String name;
    private final List<String> symbols;
    private final byte[][] quoted;
    private final Map<String, Integer> indexes = new HashMap<>();

    EnumType(String name, List<String> symbols) {
        this.name = name;
        this.symbols = List.copyOf(symbols);
        this.quoted = symbols.stream().map(JsonText::quote).toArray(byte[][]::new);
        for (String symbol : symbols) {
            indexes.put(symbol, indexes.size());
        }
    }

    @Override
    public void read(ValueReader in) throws MisfitException {
        int from = in.at;
        int index = in.int32("an enum's index");
        if (index < 0 || index >= quoted.length) {
            throw new MisfitException(
                    ": index %d at byte %d, where enum %s has %d symbols".formatted(index, from, name, quoted.length));
        }
        in.json.put(quoted[index]);
    }

    @Override
    public int skip(byte[] value, int at) {
        return Varint.end(value, at);
    }

    @Override
    public int kinds() {
        return JsonKind.TEXT;
    }

    @Override
    public String words() {
        String list = String.join(", ", symbols);
        return "a symbol of enum %s: %s"
                .formatted(name, list.length() > LONGEST_LIST ? list.substring(0, LONGEST_LIST) + "..." : list);
    }

    @Override
    public boolean put(JsonLiteral literal, Output out) throws MisfitException {
        String symbol = literal.text();
        Integer index = symbol == null ? null : indexes.get(symbol);
        if (index == null) {
            return false;
        }
        out.varint(index);
        return true;
    }

    @Override
    public void writeDefault(JsonNode value, DefaultValues.Target target) throws MisfitException {
        Integer index = value.isTextual() ? indexes.get(value.textValue()) : null;
        target.require(index != null);
        target.out().varint(index == null ? 0 : index);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EnumType that && symbols.equals(that.symbols);
    }

    @Override
    public int hashCode() {
        return symbols.hashCode();
    }
}
