package io.backprocess.batch;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The headers that results get and lose, beside those that Backprocess adds.
 *
 * @param add the text of each header that every result gets, by its name; a header of the original with this name is replaced
 * @param drop the patterns of the names of headers that results do not take over from the original; {@code *} stands for any text
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.ALWAYS)
public record HeaderChanges(SortedMap<String, String> add, List<String> drop) implements Serializable {
    /** The beginnings of the names that Backprocess gives headers. */
    private static final List<String> OWN = List.of("backprocess.", "__backprocess.");

    public HeaderChanges {
        add = new TreeMap<>(add == null ? Map.of() : add);
        drop = new ArrayList<>(drop == null ? List.of() : drop);
    }

    /** Returns the changes; null where there are none. */
    public static @Nullable HeaderChanges of(Map<String, String> add, List<String> drop) {
        return add.isEmpty() && drop.isEmpty() ? null : new HeaderChanges(new TreeMap<>(add), drop);
    }

    /** Tells whether Backprocess gives headers such names. They are never dropped. */
    public static boolean isOwn(String name) {
        return OWN.stream().anyMatch(name::startsWith);
    }

    /** Returns one pattern for all names that are dropped; null where none is. */
    @JsonIgnore
    public @Nullable Pattern dropped() {
        return drop.isEmpty()
                ? null
                : Pattern.compile(
                        drop.stream().map(HeaderChanges::pattern).collect(Collectors.joining("|")), Pattern.DOTALL);
    }

    private static String pattern(String glob) {
        List<String> literals = new ArrayList<>();
        for (String literal : glob.split("\\*", -1)) {
            literals.add(Pattern.quote(literal));
        }
        return String.join(".*", literals);
    }

    /** Returns what is wrong with the changes, one sentence each. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        for (String name : add.keySet()) {
            if (name.isBlank()) {
                problems.add("--add-header has no name; give NAME=VALUE");
            } else if (isOwn(name)) {
                problems.add(
                        "--add-header %s is one of Backprocess's own headers; choose another name".formatted(name));
            }
        }
        for (String pattern : drop) {
            if (pattern.isBlank()) {
                problems.add("--drop-header is empty; give a name, or a pattern such as b3-*");
            } else if (isOwn(pattern)) {
                problems.add("--drop-header %s: Backprocess's own headers are never dropped".formatted(pattern));
            }
        }
        return problems;
    }
}
