package io.backprocess.batch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Checks a specification as far as that is possible without a broker. */
public final class SpecCheck {
    /** A batch id. It has no dot, so that the topics and transactional ids of two batches are never the same. */
    private static final Pattern BATCH_ID = Pattern.compile("[a-zA-Z0-9_-]+");

    private static final List<String> OWN = List.of(TopicNames.BATCHES, TopicNames.LEDGER, TopicNames.ALIASES);

    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]+");
    private static final int MAX_TOPIC_NAME = 249;
    private static final Duration MAX_DISORDER = Duration.ofDays(36_525);

    private SpecCheck() {}

    /**
     * Checks the specification itself, without a broker.
     *
     * @throws BatchException of kind usage, with all problems, one a line
     */
    public static void check(BatchSpec spec) {
        List<String> problems = new ArrayList<>();
        if (!BATCH_ID.matcher(spec.batchId()).matches()) {
            problems.add("--batch-id '%s' can only have letters, digits, '_' and '-', as it becomes part of topic names"
                    .formatted(spec.batchId()));
        }
        if (spec.batchId().equals("alias")) {
            problems.add("--batch-id alias is taken: transactional ids with this word are those of promote");
        }
        if (!TOPIC.matcher(spec.sourceTopic()).matches()) {
            problems.add("--source-topic '%s' is not a valid topic name".formatted(spec.sourceTopic()));
        }
        if (OWN.contains(spec.sourceTopic())) {
            problems.add("--source-topic %s is one of Backprocess's own topics and not a history"
                    .formatted(spec.sourceTopic()));
        }
        if (spec.deadLetterTopic().length() > MAX_TOPIC_NAME) {
            problems.add("--batch-id is too long: the topic %s would have %d characters, and Kafka allows %d"
                    .formatted(spec.deadLetterTopic(), spec.deadLetterTopic().length(), MAX_TOPIC_NAME));
        }
        problems.addAll(contextProblems(spec));
        problems.addAll(exactnessProblems(spec));
        if (spec.deadLettersOf() != null) {
            problems.addAll(spec.deadLettersOf().problems());
        }
        if (spec.headerChanges() != null) {
            problems.addAll(spec.headerChanges().problems());
        }
        problems.addAll(placementProblems(spec));
        if (spec.encoding() != null) {
            problems.addAll(spec.encoding().problems());
        }
        Instant from = Instants.parse("--from", spec.range().from(), List.of(BatchSpec.EARLIEST), problems);
        Instant until =
                Instants.parse("--until", spec.range().until(), List.of(BatchSpec.LATEST, BatchSpec.NEVER), problems);
        if (from != null && until != null && until.isBefore(from)) {
            problems.add("--until %s is before --from %s"
                    .formatted(spec.range().until(), spec.range().from()));
        }
        if (!problems.isEmpty()) {
            throw BatchException.usage(String.join(System.lineSeparator(), problems));
        }
    }

    /**
     * Rejects batch ids that only batches of earlier versions may have.
     *
     * @throws BatchException of kind usage
     */
    public static void checkNew(BatchSpec spec) {
        if (spec.batchId().equals("dlq")) {
            throw BatchException.usage(
                    "--batch-id dlq is taken: its results over orders.x would go to orders.x.dlq, where the dead letters of batch x over orders are");
        }
        for (String topic : List.of(spec.resultTopic(), spec.deadLetterTopic())) {
            if (OWN.contains(topic)) {
                throw BatchException.usage(
                        "--batch-id %s would make the topic %s, which is Backprocess's own; choose another --batch-id"
                                .formatted(spec.batchId(), topic));
            }
        }
    }

    private static List<String> placementProblems(BatchSpec spec) {
        ResultPlacement placement = spec.placement();
        if (placement == null) {
            return List.of();
        }
        List<String> problems = new ArrayList<>(placement.problems(spec.resultHeaders()));
        String into = placement.into();
        if (into == null) {
            return problems;
        }
        if (!TOPIC.matcher(into).matches()) {
            problems.add("--into '%s' is not a valid topic name".formatted(into));
        }
        if (into.equals(spec.sourceTopic())) {
            problems.add("--into %s is the source, which is never changed; name another topic".formatted(into));
        }
        if (OWN.contains(into) || into.equals(spec.deadLetterTopic())) {
            problems.add("--into %s is one of Backprocess's own topics; name another topic".formatted(into));
        }
        if (into.startsWith("__")) {
            problems.add("--into %s is one of Kafka's own topics; name another topic".formatted(into));
        }
        return problems;
    }

    private static List<String> contextProblems(BatchSpec spec) {
        ContextSpec context = spec.context();
        List<String> problems = new ArrayList<>();
        if (context == null) {
            return problems;
        }
        if (!TOPIC.matcher(context.topic()).matches()) {
            problems.add("--context-topic '%s' is not a valid topic name".formatted(context.topic()));
        }
        if (spec.envelope() != null) {
            problems.add(
                    "--context-topic makes envelopes of old events without one, with Backprocess's own members; it cannot be"
                            + " used with --envelope");
        }
        if (spec.encoding() != null) {
            problems.add(
                    "--context-topic makes envelopes of old events that are plain JSON; it cannot be used with --format "
                            + spec.encoding().format());
        }
        if (context.key().isEmpty()) {
            problems.add("--context-key is empty; name the member of an event that names its subject");
        }
        if (spec.range().until().equals(BatchSpec.NEVER)) {
            problems.add(
                    "--until never cannot be used with --context-topic: the contexts are frozen with the plan, and new"
                            + " events would get old ones");
        }
        return problems;
    }

    private static List<String> exactnessProblems(BatchSpec spec) {
        List<String> problems = new ArrayList<>();
        Duration disorder = spec.maxDisorder();
        boolean times = !spec.range().from().equals(BatchSpec.EARLIEST)
                || !List.of(BatchSpec.LATEST, BatchSpec.NEVER)
                        .contains(spec.range().until());
        if (spec.exactTimes() != null && !times) {
            problems.add("--exact-times takes the records between two times; give an instant as --from or --until");
        }
        if (disorder != null && spec.exactTimes() == null) {
            problems.add(
                    "--max-disorder says how far to search for the records that --exact-times takes; add --exact-times");
        }
        if (disorder != null && (disorder.isNegative() || disorder.compareTo(MAX_DISORDER) > 0)) {
            problems.add(
                    "--max-disorder %d days is not between 0 and %d days; without the option the whole topic is read"
                            .formatted(disorder.toDays(), MAX_DISORDER.toDays()));
        }
        return problems;
    }
}
