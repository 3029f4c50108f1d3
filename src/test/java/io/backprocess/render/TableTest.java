package io.backprocess.render;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void isAsWideAsTheLongestCellOfEachColumn() {
        Table table = new Table("batch", "read");

        table.row("a-long-name", 12_345L);
        table.row("b", 7L);

        assertThat(table.toString().lines())
                .containsExactly("batch          read", "a-long-name  12 345", "b                 7");
    }
}
