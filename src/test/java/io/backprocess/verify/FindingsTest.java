package io.backprocess.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FindingsTest {
    @Test
    void keepsTheLostLineBehindAThousandResultsThatAreMissingWithIt() {
        Findings findings = new Findings();
        for (long offset = 0; offset < Findings.MAX_KEPT + 500; offset++) {
            findings.add(new Finding(FindingKind.MISSING_RESULT, "orders", 0, offset, "its result is not there"));
        }

        findings.add(new Finding(FindingKind.LEDGER_GAP, "orders", 0, 0L, "no ledger line counts it"));

        assertThat(findings.kept())
                .hasSize(Findings.MAX_KEPT + 1)
                .extracting(Finding::kind)
                .contains(FindingKind.LEDGER_GAP);
        assertThat(findings.total()).isEqualTo(Findings.MAX_KEPT + 501);
    }
}
