package io.backprocess.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnknownsTest {
    private final Unknowns unknowns = new Unknowns();

    @Test
    void offsetsThatFollowEachOtherForTheSameReasonAreOneStretch() {
        unknowns.add("orders", 0, 7, "the service says 503");
        unknowns.add("orders", 0, 8, "the service says 503");
        unknowns.add("orders", 0, 9, "the source lost it");
        unknowns.add("orders", 1, 9, "the service says 503");
        unknowns.add("orders", 0, 12, "the service says 503");

        assertThat(unknowns.all())
                .containsExactly(
                        new Unknown("orders", 0, 7, 9, "the service says 503"),
                        new Unknown("orders", 0, 9, 10, "the source lost it"),
                        new Unknown("orders", 0, 12, 13, "the service says 503"),
                        new Unknown("orders", 1, 9, 10, "the service says 503"));
    }

    @Test
    void manyStretchesTakeNoMoreMemoryThanTheirLimitAndNoneIsLeftOut() {
        for (long offset = 0; offset < 10 * Unknowns.MAX_KEPT; offset++) {
            unknowns.add("orders", 0, 2 * offset, "gone");
        }

        assertThat(unknowns.all()).hasSize(Unknowns.MAX_KEPT).last().satisfies(last -> {
            assertThat(last.from()).isEqualTo(2 * (Unknowns.MAX_KEPT - 1));
            assertThat(last.to()).isEqualTo(2 * (10 * Unknowns.MAX_KEPT - 1) + 1);
        });
    }

    @Test
    void aFindingMakesItWrongWhateverElseCannotBeTold() {
        Findings findings = new Findings();
        unknowns.add("orders", 0, 7, "gone");

        assertThat(Verdict.of(findings, unknowns, true)).isEqualTo(Verdict.CANNOT_TELL);
        assertThat(Verdict.of(findings, unknowns, false)).isEqualTo(Verdict.CANNOT_TELL);
        findings.add(new Finding(FindingKind.MISSING_RESULT, "orders", 0, 9L, "its result is not there"));
        assertThat(Verdict.of(findings, unknowns, true)).isEqualTo(Verdict.WRONG);
    }
}
