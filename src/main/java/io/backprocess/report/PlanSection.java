package io.backprocess.report;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.render.Html;
import io.backprocess.render.Words;
import io.backprocess.upsert.UpsertDefinition;
import java.util.Locale;

/** Writes what the batch was planned to do. */
final class PlanSection {
    private static final int OPEN_TAILS = 10;

    private PlanSection() {}

    static void write(Html html, BatchPlan plan) {
        BatchSpec spec = plan.spec();
        long empty = plan.ranges().stream().filter(range -> range.size() == 0).count();
        html.open("section", "class", "card").element("h2", "The plan");
        html.open("dl", "class", "plan");
        entry(html, "batch", spec.batchId());
        if (plan.creation().reason() != null) {
            entry(html, "why", plan.creation().reason());
        }
        entry(html, "reads", spec.sourceTopic());
        entry(html, "from", spec.range().from());
        entry(html, "until", spec.range().until());
        entry(html, "picks version", spec.logic().fromVersion());
        if (spec.context() != null && plan.contexts() != null) {
            entry(
                    html,
                    "joins",
                    "%s contexts of %s by %s"
                            .formatted(
                                    Words.count(plan.contexts().records()),
                                    spec.context().topic(),
                                    spec.context().key()));
        }
        entry(html, "revision", spec.revision());
        spec.logic().revisionOptions().forEach((name, value) -> entry(html, "option " + name, value));
        entry(html, "writes", spec.resultTopic());
        entry(html, "dead letters to", spec.deadLetterTopic());
        if (spec.upsert() != null) {
            entry(html, "upserts", UpsertDefinition.read("plan", spec.upsert()).describe());
        }
        entry(
                html,
                "range",
                "%s offsets in %s partitions%s"
                        .formatted(
                                Words.count(plan.size()),
                                Words.count(plan.ranges().size()),
                                empty == 0 ? "" : ", %s of them empty".formatted(Words.count(empty))));
        plan.openTails().stream()
                .limit(OPEN_TAILS)
                .forEach(tail -> entry(
                        html,
                        "not read",
                        "%s-%d: %s offsets (%d to %d) beyond the end: %s"
                                .formatted(
                                        spec.sourceTopic(),
                                        tail.partition(),
                                        Words.count(tail.offsets()),
                                        tail.from(),
                                        tail.to(),
                                        tail.holder())));
        if (plan.openTails().size() > OPEN_TAILS) {
            entry(
                    html,
                    "not read",
                    "%s partitions more".formatted(Words.count(plan.openTails().size() - OPEN_TAILS)));
        }
        if (spec.exactTimes() != null) {
            entry(html, "exact times", "of the " + spec.exactTimes().toString().toLowerCase(Locale.ROOT));
        }
        if (spec.maxDisorder() != null) {
            entry(html, "max disorder", spec.maxDisorder().toString());
        }
        entry(html, "dedupe scope", spec.dedupeScope().toString().toLowerCase(Locale.ROOT));
        entry(html, "result headers", spec.resultHeaders().toString().toLowerCase(Locale.ROOT));
        entry(html, "max parallelism", String.valueOf(plan.layout().maxParallelism()));
        entry(
                html,
                "planned",
                Words.time(plan.creation().at()) + " by " + plan.creation().by());
        entry(html, "hash", plan.hash());
        html.close("dl").close("section");
    }

    private static void entry(Html html, String name, String value) {
        html.open("div").element("dt", name).element("dd", value).close("div");
    }
}
