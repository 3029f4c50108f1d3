package io.backprocess.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;

/** Asserts that a proof finds a batch complete, with the same figures in the ledger, the recount and the topics. */
public final class Completeness {
    private Completeness() {}

    public static void assertComplete(Verification verification) {
        assertThat(verification.remarks().findings()).isEmpty();
        assertThat(verification.verdict()).isEqualTo(Verdict.COMPLETE);
        assertThat(verification.recounted()).isEqualTo(verification.outcomes().ledger());
        assertThat(verification.outcomes().resultsOnTopic())
                .isEqualTo(verification.outcomes().ledger().results());
        assertThat(verification.outcomes().deadLettersOnTopic())
                .isEqualTo(verification.outcomes().ledger().deadLetters());
    }
}
