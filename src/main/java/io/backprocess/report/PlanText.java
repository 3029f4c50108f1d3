package io.backprocess.report;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.HeaderChanges;
import io.backprocess.envelope.Envelope;
import io.backprocess.render.PageWords;
import io.backprocess.render.Words;
import io.backprocess.upsert.UpsertDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Describes the plan of a batch, entry by entry. */
final class PlanText {
    private static final int OPEN_TAILS = 10;

    /** One line of the plan. */
    record Entry(String name, String value) {}

    private final List<Entry> entries = new ArrayList<>();

    private PlanText() {}

    static List<Entry> of(BatchPlan plan) {
        PlanText text = new PlanText();
        text.addAll(plan);
        return text.entries;
    }

    private void addAll(BatchPlan plan) {
        BatchSpec spec = plan.spec();
        long empty = plan.ranges().stream().filter(range -> range.size() == 0).count();
        add("batch", spec.batchId());
        if (plan.creation().reason() != null) {
            add("why", plan.creation().reason());
        }
        add("reads", spec.sourceTopic());
        add("from", spec.range().from());
        add("until", spec.range().until());
        add("picks version", spec.logic().fromVersion());
        if (spec.context() != null && plan.contexts() != null) {
            add(
                    "joins",
                    "%s contexts of %s by %s"
                            .formatted(
                                    PageWords.count(plan.contexts().records()),
                                    spec.context().topic(),
                                    spec.context().key()));
        }
        if (spec.deadLettersOf() != null) {
            add("dead letters of", spec.deadLettersOf().inWords());
        }
        if (spec.envelope() != null) {
            add("envelope", Envelope.mappingOf(spec).name());
        }
        if (spec.encoding() != null) {
            spec.encoding().values().forEach((name, value) -> add(name.replace('-', ' '), value.toString()));
        }
        add("revision", spec.revision());
        spec.logic().revisionOptions().forEach((name, value) -> add("option " + name, value));
        add("writes", spec.resultTopic());
        add("dead letters to", spec.deadLetterTopic());
        if (plan.isPlaced()) {
            add("result partitions", PageWords.count(plan.resultPartitions()));
        }
        if (spec.placement() != null && spec.placement().key() != null) {
            add("result key", spec.placement().key());
        }
        HeaderChanges headers = spec.headerChanges();
        if (headers != null) {
            headers.add().forEach((name, value) -> add("adds header", name + ": " + value));
            headers.drop().forEach(pattern -> add("drops headers", pattern));
        }
        if (spec.upsert() != null) {
            add("upserts", UpsertDefinition.read("plan", spec.upsert()).describe());
        }
        add(
                "range",
                "%s offsets in %s partitions%s"
                        .formatted(
                                PageWords.count(plan.size()),
                                PageWords.count(plan.ranges().size()),
                                empty == 0 ? "" : ", %s of them empty".formatted(PageWords.count(empty))));
        plan.openTails().stream()
                .limit(OPEN_TAILS)
                .forEach(tail -> add(
                        "not read",
                        "%s-%d: %s offsets (%d to %d) beyond the end: %s"
                                .formatted(
                                        spec.sourceTopic(),
                                        tail.partition(),
                                        PageWords.count(tail.offsets()),
                                        tail.from(),
                                        tail.to(),
                                        tail.holder())));
        if (plan.openTails().size() > OPEN_TAILS) {
            add(
                    "not read",
                    "%s partitions more"
                            .formatted(PageWords.count(plan.openTails().size() - OPEN_TAILS)));
        }
        if (spec.range().exactTimes() != null) {
            add("exact times", "of the " + spec.range().exactTimes().toString().toLowerCase(Locale.ROOT));
        }
        if (spec.range().maxDisorder() != null) {
            add("max disorder", spec.range().maxDisorder().toString());
        }
        add("dedupe scope", spec.dedupeScope().toString().toLowerCase(Locale.ROOT));
        add("result headers", spec.resultHeaders().toString().toLowerCase(Locale.ROOT));
        add("max parallelism", String.valueOf(plan.layout().maxParallelism()));
        add(
                "planned",
                Words.time(plan.creation().at()) + " by " + plan.creation().by());
        add("hash", plan.hash());
    }

    private void add(String name, String value) {
        entries.add(new Entry(name, value));
    }
}
