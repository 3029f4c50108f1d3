package io.backprocess.report;

import java.util.List;

/** A table of which each cell is text. */
record Sheet(String name, List<String> heads, List<Row> rows) {
    /** @param head the first cell, which is the row's head */
    record Row(String head, List<String> cells) {
        static Row of(String head, String... cells) {
            return new Row(head, List.of(cells));
        }
    }
}
