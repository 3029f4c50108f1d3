package io.backprocess.cli;

import io.backprocess.dedupe.DedupeScope;
import io.backprocess.event.ProcessVersion;
import io.backprocess.plan.BatchException;
import io.backprocess.plan.BatchSpec;
import io.backprocess.publish.ResultHeaders;
import io.backprocess.revise.RevisionChain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a batch is: the options that plan and run share. */
final class SpecOptions {
    @Option(
            names = "--source-topic",
            paramLabel = "TOPIC",
            required = true,
            description = "The history. It is only read.")
    private String sourceTopic = "";

    @Option(
            names = "--batch-id",
            paramLabel = "ID",
            required = true,
            description = "Names the batch, its topics TOPIC.ID and TOPIC.ID.dlq, and is the results' correlationId.")
    private String batchId = "";

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
            names = "--from-version",
            paramLabel = "N",
            required = true,
            description = "The processVersion of the events to take; others are skipped.")
    private String fromVersion = "";

    @Option(
            names = "--revision",
            paramLabel = "NAME",
            required = true,
            split = ",",
            description = "The new logic; several are applied one after the other.")
    private List<String> revisions = new ArrayList<>();

    @Option(names = "--revision-option", paramLabel = "KEY=VALUE", description = "An option of a revision.")
    private Map<String, String> revisionOptions = new TreeMap<>();

    @Option(
            names = "--dedupe-scope",
            paramLabel = "partition|global",
            defaultValue = "partition",
            description = {
                "partition (default): copies in the same partition are found, the order is kept.",
                "global: copies in different partitions too; costs a shuffle and the order."
            })
    private String dedupeScope = "";

    @Option(
            names = "--result-headers",
            paramLabel = "origin|full|none",
            defaultValue = "origin",
            description = "Headers that a result gets beside the original's (default: origin).")
    private String resultHeaders = "";

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why the batch is made; kept with its plan.")
    private @Nullable String reason;

    @Nullable
    String reason() {
        return reason;
    }

    /** The specification, checked as far as it can be without a broker: also the revisions, in the jars at hand. */
    BatchSpec spec(ClassLoader classes) {
        ProcessVersion version;
        try {
            version = ProcessVersion.of(fromVersion);
            RevisionChain.load(revisions, revisionOptions, version, batchId, classes);
        } catch (IllegalArgumentException e) {
            throw BatchException.usage(String.valueOf(e.getMessage()));
        }
        return new BatchSpec(
                batchId,
                sourceTopic,
                from,
                until,
                version.toString(),
                revisions,
                new TreeMap<>(revisionOptions),
                word(DedupeScope.class, "--dedupe-scope", dedupeScope),
                word(ResultHeaders.class, "--result-headers", resultHeaders));
    }

    static <E extends Enum<E>> E word(Class<E> type, String option, String text) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        throw BatchException.usage("%s '%s' is none of %s"
                .formatted(
                        option,
                        text,
                        List.of(type.getEnumConstants()).toString().toLowerCase(java.util.Locale.ROOT)));
    }
}
