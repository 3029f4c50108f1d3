package io.backprocess.format.protobuf;

import io.backprocess.json.JsonText;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An enum's symbols. Of several for the same number, the first is shown. */
final class EnumType {
    private static final int MAX_SHOWN = 8;

    private final String name;
    private final boolean closed;
    private final List<String> symbols;
    private final long first;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<Integer, byte[]> literals = new HashMap<>();

    /** @param closed whether the enum takes no numbers but those of its symbols */
    EnumType(String name, boolean closed, Map<String, Integer> symbols) {
        this.name = name;
        this.closed = closed;
        this.symbols = List.copyOf(symbols.keySet());
        this.first = symbols.values().iterator().next();
        symbols.forEach((symbol, number) -> {
            numbers.put(symbol, number);
            literals.putIfAbsent(number, JsonText.quote(symbol));
        });
    }

    String name() {
        return name;
    }

    /** Returns the number that a field has where none is on the wire. */
    long first() {
        return first;
    }

    /** Returns the symbol as a JSON literal; null where the number has none. */
    byte @Nullable [] literal(int number) {
        return literals.get(number);
    }

    @Nullable
    Integer number(String symbol) {
        return numbers.get(symbol);
    }

    boolean takes(int number) {
        return !closed || literals.containsKey(number);
    }

    /** Returns the first symbols, for error messages. */
    String shown() {
        return String.join(", ", symbols.subList(0, Math.min(MAX_SHOWN, symbols.size())))
                + (symbols.size() > MAX_SHOWN ? ", … (%d in all)".formatted(symbols.size()) : "");
    }
}
