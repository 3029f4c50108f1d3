package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.ContextSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.Encoding;
import io.backprocess.batch.ExactTimes;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.envelope.Envelope;
import io.backprocess.event.EnvelopeMapping;
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

/** The options for the source and for the revisions. The commands plan, run and preview share them. */
public final class InputOptions {
    @Option(
            names = "--source-topic",
            paramLabel = "TOPIC",
            required = true,
            description = "The topic with the history. It is only read.")
    private String sourceTopic = "";

    @Option(
            names = "--from",
            paramLabel = "INSTANT|earliest",
            required = true,
            description = "Start of the range: the first record at or after an instant like 2025-01-31T00:00:00Z.")
    private String from = "";

    @Option(
            names = "--until",
            paramLabel = "INSTANT|latest|never",
            defaultValue = "latest",
            description = {
                "End of the range: before the first record at or after the instant (default: latest).",
                "never: the batch catches up and then follows the live topic, until it is paused."
            })
    private String until = "";

    @Option(
            names = "--exact-times",
            paramLabel = "record|event",
            description = {
                "Take exactly the records whose time is in the range, in any order. The time is the record's own"
                        + " timestamp",
                "(record) or the eventTimestamp in its envelope (event). This reads whole partitions. Other records"
                        + " count",
                "as outside."
            })
    private @Nullable String exactTimes;

    @Option(
            names = "--max-disorder",
            paramLabel = "DURATION",
            converter = ExecutionOptions.FlinkDuration.class,
            description = {
                "With --exact-times: read only from this long before --from to this long after --until, such as 1h."
                        + " Use it if no",
                "record's time differs more from the times around it (default: read everything)."
            })
    private @Nullable Duration maxDisorder;

    @Option(
            names = "--from-version",
            paramLabel = "N",
            required = true,
            description = "The processVersion of the events to take; other events are skipped.")
    private String fromVersion = "";

    @Option(
            names = "--revision",
            paramLabel = "NAME",
            split = ",",
            description = "The new logic; several are applied one after the other.")
    private List<String> revisions = new ArrayList<>();

    @Mixin
    private RulesOption rules = new RulesOption();

    @Mixin
    private EnvelopeOption envelope = new EnvelopeOption();

    @Mixin
    private EncodingOptions encoding = new EncodingOptions();

    @Option(names = "--revision-option", paramLabel = "KEY=VALUE", description = "An option of a revision.")
    private Map<String, String> revisionOptions = new TreeMap<>();

    @Option(
            names = "--revision-timeout",
            paramLabel = "DURATION",
            converter = ExecutionOptions.FlinkDuration.class,
            description = {
                "An event becomes a dead letter if the revision takes longer for it, for example in an endless loop."
                        + " Each event",
                "then costs a hand-over to another thread (default: no limit)."
            })
    private @Nullable Duration revisionTimeout;

    @Mixin
    private LetterOptions letters = new LetterOptions();

    @Option(
            names = "--context-topic",
            paramLabel = "TOPIC",
            description = {
                "Old events without an envelope get the context of their time from this changelog. Its keys are subjects,",
                "and a timestamp says from when on a value is valid. Without this option such events become dead letters",
                "with the reason missing-context."
            })
    private @Nullable String contextTopic;

    @Option(
            names = "--context-key",
            paramLabel = "MEMBER",
            description = "The member that names the subject of an old event (default: userId).")
    private @Nullable String contextKey;

    /**
     * Returns the specification. It is checked as far as possible without a broker, including the revisions in the given jars.
     *
     * @param batchId the results' correlationId
     * @throws BatchException of kind "usage" if an option or a revision is not valid
     */
    public BatchSpec spec(String batchId, DedupeScope scope, ResultHeaders headers, ClassLoader classes) {
        ProcessVersion version;
        Map<String, String> written = rules.read();
        List<String> chain = RulesOption.chain(revisions, written);
        SortedMap<String, String> options = new TreeMap<>(revisionOptions);
        options.putAll(RulesOption.asOptions(written));
        String file = envelope.text(sourceTopic);
        Encoding encoded = encoding.encoding(sourceTopic);
        try {
            version = ProcessVersion.of(fromVersion);
            EnvelopeMapping mapping = Envelope.of(file, sourceTopic).mapping();
            RevisionChain.load(chain, options, version, batchId, mapping, classes);
            if (encoded == null && !mapping.versionSubjects().isEmpty()) {
                throw BatchException.usage(
                        "--envelope '%s' takes versions from schemas, and JSON values name none; add --format and --registry"
                                .formatted(mapping.name()));
            }
        } catch (IllegalArgumentException e) {
            throw BatchException.usage(String.valueOf(e.getMessage()));
        }
        return new BatchSpec(
                        batchId,
                        new BatchSpec.Range(sourceTopic, from, until),
                        new BatchSpec.Logic(version.toString(), chain, options),
                        scope,
                        headers)
                .withEnvelope(file)
                .withEncoding(encoded)
                .withDeadLettersOf(letters.deadLettersOf())
                .withContext(context())
                .withRevisionTimeout(revisionTimeout)
                .withExactTimes(
                        exactTimes == null ? null : SpecOptions.word(ExactTimes.class, "--exact-times", exactTimes),
                        maxDisorder);
    }

    private @Nullable ContextSpec context() {
        if (contextTopic == null) {
            if (contextKey != null) {
                throw BatchException.usage("--context-key %s has no effect without a context topic; add --context-topic"
                        .formatted(contextKey));
            }
            return null;
        }
        return new ContextSpec(contextTopic, contextKey == null ? "userId" : contextKey);
    }
}
