package io.backprocess.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.verify.FindingKind;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import org.jspecify.annotations.Nullable;

/** The kind and the place of a finding, without its message. */
public record Place(
        FindingKind kind,
        String topic,
        int partition,
        @Nullable Long offset) {

    /** Asserts that the recount has found exactly these errors. */
    public static void assertWrong(Verification verification, Place... places) {
        assertThat(verification.remarks().findings())
                .extracting(
                        finding -> new Place(finding.kind(), finding.topic(), finding.partition(), finding.offset()))
                .containsExactlyInAnyOrder(places);
        assertThat(verification.verdict()).isEqualTo(Verdict.WRONG);
    }
}
