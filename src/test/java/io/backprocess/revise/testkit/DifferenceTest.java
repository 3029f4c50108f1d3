package io.backprocess.revise.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DifferenceTest {
    @Test
    void pointsToTheFirstDifference() {
        assertThat(Difference.between("abc", "abd", "expected", "actual").lines())
                .containsExactly(
                        "  expected: abc", "  actual:   abd", " ".repeat(14) + "^ they differ from character 3");
    }

    @Test
    void pointsToTheEndOfTheShorterText() {
        assertThat(Difference.between("", "x", "expected", "actual").lines())
                .containsExactly("  expected: ", "  actual:   x", " ".repeat(12) + "^ they differ from character 1");
    }

    @Test
    void leavesOutWhatIsFarBeforeAndBehind() {
        String before = "b".repeat(100);
        String behind = "a".repeat(100);

        assertThat(Difference.between(before + "1" + behind, before + "2" + behind, "first", "then")
                        .lines())
                .containsExactly(
                        "  first: …" + "b".repeat(40) + "1" + "a".repeat(79) + "…",
                        "  then:  …" + "b".repeat(40) + "2" + "a".repeat(79) + "…",
                        " ".repeat(50) + "^ they differ from character 101");
    }

    @Test
    void keepsEachTextOnItsLine() {
        assertThat(Difference.between("a\nb", "a\tb", "one", "other").lines())
                .hasSize(3)
                .contains("  one:   a⏎b");
    }
}
