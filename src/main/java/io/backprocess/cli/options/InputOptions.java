package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.ContextSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ExactTimes;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.event.ProcessVersion;
import io.backprocess.revise.operator.RevisionChain;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is read and by which logic it is revised: the options that plan, run and preview share. */
public final class InputOptions {
    @Option(
            names = "--source-topic",
            paramLabel = "TOPIC",
            required = true,
            description = "The history. It is only read.")
    private String sourceTopic = "";

    @Option(
            names = "--from",
            paramLabel = "INSTANT|earliest",
            required = true,
            description = "Where the range starts: the first record at or after an instant like 2025-01-31T00:00:00Z.")
    private String from = "";

    @Option(
            names = "--until",
            paramLabel = "INSTANT|latest|never",
            defaultValue = "latest",
            description = {
                "Where it ends: before the first record at or after the instant (default: latest).",
                "never: the batch catches up and then follows the live topic, until it is paused."
            })
    private String until = "";

    @Option(
            names = "--exact-times",
            paramLabel = "record|event",
            description = {
                "Take exactly the records whose time is in the range, in whatever order they stand: their own"
                        + " timestamp",
                "(record), or the eventTimestamp in their envelope (event). Reads every partition as a whole, and"
                        + " counts what",
                "is not taken as outside."
            })
    private @Nullable String exactTimes;

    @Option(
            names = "--max-disorder",
            paramLabel = "DURATION",
            converter = ExecutionOptions.FlinkDuration.class,
            description = {
                "With --exact-times: read only what Kafka has from so long before --from to so long after --until,"
                        + " because no",
                "record's time is further from the times around it, such as 1h (default: read everything)."
            })
    private @Nullable Duration maxDisorder;

    @Option(
            names = "--from-version",
            paramLabel = "N",
            required = true,
            description = "The processVersion of the events to take; others are skipped.")
    private String fromVersion = "";

    @Option(
            names = "--revision",
            paramLabel = "NAME",
            split = ",",
            description = "The new logic; several are applied one after the other.")
    private List<String> revisions = new ArrayList<>();

    @Mixin
    private RulesOption rules = new RulesOption();

    @Option(names = "--revision-option", paramLabel = "KEY=VALUE", description = "An option of a revision.")
    private Map<String, String> revisionOptions = new TreeMap<>();

    @Option(
            names = "--revision-timeout",
            paramLabel = "DURATION",
            converter = ExecutionOptions.FlinkDuration.class,
            description = {
                "An event for which the revision takes longer, because it loops, becomes a dead letter. Costs a"
                        + " hand-over to",
                "another thread for every event (default: it may take any time)."
            })
    private @Nullable Duration revisionTimeout;

    @Option(
            names = "--context-topic",
            paramLabel = "TOPIC",
            description = {
                "Old events without an envelope get the context of their time from this changelog: keys are subjects,",
                "timestamps say since when a value holds. Without it they become dead letters: missing-context."
            })
    private @Nullable String contextTopic;

    @Option(
            names = "--context-key",
            paramLabel = "MEMBER",
            description = "By which an old event says whom it happened to (default: userId).")
    private @Nullable String contextKey;

    /**
     * The specification, checked as far as it can be without a broker: also the revisions, in the jars at hand.
     *
     * @param batchId the results' correlationId
     */
    public BatchSpec spec(String batchId, DedupeScope scope, ResultHeaders headers, ClassLoader classes) {
        ProcessVersion version;
        Map<String, String> written = rules.read();
        List<String> chain = RulesOption.chain(revisions, written);
        SortedMap<String, String> options = new TreeMap<>(revisionOptions);
        options.putAll(RulesOption.asOptions(written));
        try {
            version = ProcessVersion.of(fromVersion);
            RevisionChain.load(chain, options, version, batchId, classes);
        } catch (IllegalArgumentException e) {
            throw BatchException.usage(String.valueOf(e.getMessage()));
        }
        return new BatchSpec(batchId, sourceTopic, from, until, version.toString(), chain, options, scope, headers)
                .withContext(context())
                .withRevisionTimeout(revisionTimeout)
                .withExactTimes(
                        exactTimes == null ? null : SpecOptions.word(ExactTimes.class, "--exact-times", exactTimes),
                        maxDisorder);
    }

    private @Nullable ContextSpec context() {
        if (contextTopic == null) {
            if (contextKey != null) {
                throw BatchException.usage(
                        "--context-key %s says where to look, but not in which topic; add --context-topic"
                                .formatted(contextKey));
            }
            return null;
        }
        return new ContextSpec(contextTopic, contextKey == null ? "userId" : contextKey);
    }
}
