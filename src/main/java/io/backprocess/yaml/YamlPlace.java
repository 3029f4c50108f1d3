package io.backprocess.yaml;

import java.util.Comparator;
import org.snakeyaml.engine.v2.exceptions.Mark;

/**
 * A place in a document.
 *
 * @param line the line number, from 1
 * @param column the column number, from 1
 */
public record YamlPlace(int line, int column) implements Comparable<YamlPlace> {
    static final YamlPlace START = new YamlPlace(1, 1);

    static YamlPlace of(Mark mark) {
        return new YamlPlace(mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** Returns the place for messages: {@code line 3, column 5}. */
    @Override
    public String toString() {
        return "line %s, column %s".formatted(line, column);
    }

    @Override
    public int compareTo(YamlPlace other) {
        return Comparator.comparingInt(YamlPlace::line)
                .thenComparingInt(YamlPlace::column)
                .compare(this, other);
    }
}
