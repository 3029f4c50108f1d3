package io.backprocess.report;

import io.backprocess.render.Html;
import io.backprocess.render.Words;
import io.backprocess.verify.Finding;
import io.backprocess.verify.Verification;

/** Writes what the recount found to be wrong, and what it could not check. */
final class FindingsSection {
    private static final int SHOWN = 100;

    private FindingsSection() {}

    static void write(Html html, Verification verification) {
        findings(html, verification);
        unknown(html, verification);
    }

    private static void findings(Html html, Verification verification) {
        if (verification.remarks().findings().isEmpty()) {
            return;
        }
        html.open("section", "class", "card").element("h2", "Findings");
        html.open("div", "class", "texts").openTable("Findings", "kind", "what is wrong", "topic, partition, offset");
        verification.remarks().findings().stream().limit(SHOWN).forEach(finding -> row(html, finding));
        html.closeTable().close("div");
        if (verification.remarks().findingsTotal() > SHOWN) {
            html.element(
                    "p",
                    "… and %s more; verify --output json lists the first thousand."
                            .formatted(Words.count(verification.remarks().findingsTotal() - SHOWN)),
                    "class",
                    "note");
        }
        html.close("section");
    }

    private static void unknown(Html html, Verification verification) {
        if (verification.remarks().unknown().isEmpty()) {
            return;
        }
        html.open("section", "class", "card").element("h2", "Cannot be checked");
        html.open("div", "class", "texts").openTable("Cannot be checked", "why", "topic, partition, offsets");
        verification.remarks().unknown().stream()
                .limit(SHOWN)
                .forEach(unknown -> html.row(
                        unknown.why(),
                        "%s/%d/%d to %d"
                                .formatted(unknown.topic(), unknown.partition(), unknown.from(), unknown.to())));
        html.closeTable().close("div");
        if (verification.remarks().unknown().size() > SHOWN) {
            html.element(
                    "p",
                    "… and %s more; verify --output json lists all."
                            .formatted(
                                    Words.count(verification.remarks().unknown().size() - SHOWN)),
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
