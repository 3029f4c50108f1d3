package io.backprocess.batch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Whether a specification can be one, as far as it says itself; no broker is asked. */
public final class SpecCheck {
    /** Without a dot, so that no batch's topics and transactional ids can be taken for another's. */
    private static final Pattern BATCH_ID = Pattern.compile("[a-zA-Z0-9_-]+");

    private static final List<String> OWN = List.of(TopicNames.BATCHES, TopicNames.LEDGER, TopicNames.ALIASES);

    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]+");
    private static final int MAX_TOPIC_NAME = 249;
    private static final Duration MAX_DISORDER = Duration.ofDays(36_525);

    private SpecCheck() {}

    /**
     * The problems that are in the specification itself; no broker is asked.
     *
     * @throws BatchException usage, with all of them
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
            problems.add("--source-topic '%s' is no name that a topic can have".formatted(spec.sourceTopic()));
        }
        if (OWN.contains(spec.sourceTopic())) {
            problems.add("--source-topic %s is Backprocess's own and no history".formatted(spec.sourceTopic()));
        }
        if (spec.deadLetterTopic().length() > MAX_TOPIC_NAME) {
            problems.add("--batch-id is too long: the topic %s would have %d characters, and Kafka takes %d"
                    .formatted(spec.deadLetterTopic(), spec.deadLetterTopic().length(), MAX_TOPIC_NAME));
        }
        problems.addAll(contextProblems(spec));
        problems.addAll(exactnessProblems(spec));
        Instant from = Instants.parse("--from", spec.from(), List.of(BatchSpec.EARLIEST), problems);
        Instant until = Instants.parse("--until", spec.until(), List.of(BatchSpec.LATEST, BatchSpec.NEVER), problems);
        if (from != null && until != null && until.isBefore(from)) {
            problems.add("--until %s is before --from %s".formatted(spec.until(), spec.from()));
        }
        if (!problems.isEmpty()) {
            throw BatchException.usage(String.join(System.lineSeparator(), problems));
        }
    }

    /**
     * What batches of earlier versions may be called and new ones may not.
     *
     * @throws BatchException usage
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

    private static List<String> contextProblems(BatchSpec spec) {
        ContextSpec context = spec.context();
        List<String> problems = new ArrayList<>();
        if (context == null) {
            return problems;
        }
        if (!TOPIC.matcher(context.topic()).matches()) {
            problems.add("--context-topic '%s' is no name that a topic can have".formatted(context.topic()));
        }
        if (context.key().isEmpty()) {
            problems.add("--context-key is empty; name the member by which events say whom they happened to");
        }
        if (spec.until().equals(BatchSpec.NEVER)) {
            problems.add(
                    "--until never does not go with --context-topic: the contexts are frozen with the plan, and new"
                            + " events would get old ones");
        }
        return problems;
    }

    private static List<String> exactnessProblems(BatchSpec spec) {
        List<String> problems = new ArrayList<>();
        Duration disorder = spec.maxDisorder();
        boolean times = !spec.from().equals(BatchSpec.EARLIEST)
                || !List.of(BatchSpec.LATEST, BatchSpec.NEVER).contains(spec.until());
        if (spec.exactTimes() != null && !times) {
            problems.add("--exact-times takes what lies between two times; give an instant as --from or --until");
        }
        if (disorder != null && spec.exactTimes() == null) {
            problems.add("--max-disorder says how far to look for what --exact-times takes; add it");
        }
        if (disorder != null && (disorder.isNegative() || disorder.compareTo(MAX_DISORDER) > 0)) {
            problems.add("--max-disorder %d days is not between 0 and %d days; without it everything is read"
                    .formatted(disorder.toDays(), MAX_DISORDER.toDays()));
        }
        return problems;
    }
}
