package io.backprocess.report;

import io.backprocess.verify.Finding;
import io.backprocess.verify.Verification;

/** What the recount found to be wrong. */
final class FindingsSection {
    private static final int SHOWN = 100;

    private FindingsSection() {}

    static void write(Html html, Verification verification) {
        if (verification.findings().isEmpty()) {
            return;
        }
        html.open("section", "class", "card").element("h2", "Findings");
        html.open("div", "class", "texts").openTable("Findings", "kind", "what is wrong", "topic, partition, offset");
        verification.findings().stream().limit(SHOWN).forEach(finding -> row(html, finding));
        html.closeTable().close("div");
        if (verification.findingsTotal() > SHOWN) {
            html.element(
                    "p",
                    "… and %s more; verify --output json lists the first thousand."
                            .formatted(Words.count(verification.findingsTotal() - SHOWN)),
                    "class",
                    "note");
        }
        html.close("section");
    }

    private static void row(Html html, Finding finding) {
        String place = "%s/%d%s"
                .formatted(
                        finding.topic(), finding.partition(), finding.offset() == null ? "" : "/" + finding.offset());
        html.row(finding.kind().toString(), finding.message(), place);
    }
}
