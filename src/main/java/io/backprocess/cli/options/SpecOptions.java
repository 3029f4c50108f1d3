package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.HeaderChanges;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.context.ContextTopic;
import io.backprocess.envelope.Envelope;
import io.backprocess.event.LetterFamily;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.RangeWarnings;
import io.backprocess.render.Printable;
import io.backprocess.upsert.ResultTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options that define a batch. The commands plan and run share them. */
public final class SpecOptions {
    @Mixin
    private InputOptions input = new InputOptions();

    @Option(
            names = "--batch-id",
            paramLabel = "ID",
            required = true,
            description =
                    "Name of the batch and of its topics TOPIC.ID and TOPIC.ID.dlq; also the results' correlationId.")
    private String batchId = "";

    @Option(
            names = "--dedupe-scope",
            paramLabel = "partition|global",
            description = {
                "partition (default): finds copies in the same partition and keeps the order.",
                "global: finds copies in different partitions too; costs a shuffle and loses the order.",
                "If records have no key, run requires this option, because their copies may be in any partition."
            })
    private @Nullable String dedupeScope;

    @Option(
            names = "--result-headers",
            paramLabel = "origin|full|none",
            defaultValue = "origin",
            description = "Headers that a result gets in addition to the original's (default: origin).")
    private String resultHeaders = "";

    @Option(
            names = "--add-header",
            paramLabel = "NAME=VALUE",
            description = {
                "A header that every result gets, such as replay=true for consumers that must not send mails again.",
                "May be given several times."
            })
    private Map<String, String> addHeaders = new TreeMap<>();

    @Option(
            names = "--drop-header",
            paramLabel = "PATTERN",
            description = {
                "Headers of the original that results do not take over, such as b3 or __debezium.*; * stands for any text.",
                "Headers of Backprocess and those that the envelope needs are kept. May be given several times."
            })
    private List<String> dropHeaders = new ArrayList<>();

    @Mixin
    private PlacementOptions placement = new PlacementOptions();

    @Option(
            names = "--upsert-jdbc",
            paramLabel = "FILE",
            description = {
                "Also upsert results into a table of PostgreSQL or MariaDB. The YAML file names the table and its"
                        + " columns,",
                "and says how newer rows are protected; docs/upsert.md has the reference."
            })
    private @Nullable Path upsert;

    @Option(
            names = "--register",
            description = {
                "With --result-schema FILE: register the schema if the registry does not have it, once before the start.",
                "plan shows the registry's answer on compatibility, refuses if it is no, and registers nothing."
            })
    private boolean register;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Reason for the batch; kept with its plan.")
    private @Nullable String reason;

    /** Tells whether the schema of results is to be registered. */
    public boolean registers() {
        return register;
    }

    @Nullable
    public String reason() {
        return reason;
    }

    /** Returns the specification, checked as far as possible without a broker, including the revisions in the given jars. */
    public BatchSpec spec(ClassLoader classes) {
        BatchSpec spec = input.spec(
                        batchId,
                        dedupeScope == null
                                ? DedupeScope.PARTITION
                                : word(DedupeScope.class, "--dedupe-scope", dedupeScope),
                        word(ResultHeaders.class, "--result-headers", resultHeaders),
                        classes)
                .withHeaderChanges(HeaderChanges.of(addHeaders, dropHeaders))
                .withPlacement(placement.placement());
        checkHeaders(spec);
        if (register
                && (spec.encoding() == null
                        || spec.encoding().resultSchema() == null
                        || spec.encoding().resultSchema().schema() == null)) {
            throw BatchException.usage("--register needs --result-schema FILE, which names what to register");
        }
        if (spec.placement() != null
                && spec.placement().key() != null
                && Envelope.mappingOf(spec).hasKeys()) {
            throw BatchException.usage(
                    "--result-key %s: the envelope keeps a part of each event in the record's key, which would be replaced"
                            .formatted(spec.placement().key()));
        }
        return upsert == null
                ? spec
                : spec.withUpsert(ResultTable.read(upsert).definition().toJson());
    }

    /** Refuses an added header that the envelope reads or writes, because the result would be another event. */
    private void checkHeaders(BatchSpec spec) {
        for (String name : Envelope.mappingOf(spec).headers()) {
            if (spec.deadLettersOf() != null && LetterFamily.isContext(name)) {
                throw BatchException.usage(
                        ("--dead-letters-of %s: results lose the header %s, in which the envelope keeps a part of each event;"
                                        + " name another place")
                                .formatted(spec.deadLettersOf().family(), name));
            }
            if (addHeaders.containsKey(name)) {
                throw BatchException.usage(
                        "--add-header %s: the envelope keeps a part of each event in this header; choose another name"
                                .formatted(name));
            }
        }
        for (String name :
                spec.encoding() == null ? Set.<String>of() : spec.encoding().headers()) {
            if (addHeaders.containsKey(name)) {
                throw BatchException.usage(
                        "--add-header %s: this header names the schema of a value; choose another name"
                                .formatted(name));
            }
        }
    }

    /**
     * Warns about records that the range of a new plan leaves out. Requires an explicit dedupe scope if records have no key: a
     * producer spreads the copies of such records over the partitions, so the default scope may be too narrow.
     *
     * @param acceptsDeadLetters whether a batch is started even if none of the sampled records is an event
     * @return what the sampled records say against the plan
     * @throws BatchException of kind "usage" if records have no key and no dedupe scope is given
     */
    public List<String> warnOfRange(BatchPlan plan, KafkaAdmin admin, boolean acceptsDeadLetters, CommandSpec command) {
        RangeWarnings look = RangeWarnings.at(plan, admin);
        look.warnings(acceptsDeadLetters)
                .forEach(warning -> Printable.warn(command.commandLine().getErr(), warning));
        if (look.keyless() != null && dedupeScope == null) {
            throw BatchException.usage(
                    ("%s: choose which copies to find. --dedupe-scope partition finds copies within a partition and keeps"
                                    + " the order; --dedupe-scope global finds all copies and loses the order")
                            .formatted(look.keyless()));
        }
        return look.problems(acceptsDeadLetters);
    }

    /** Prints a warning about the context topic, if there is one. The batch can run anyway. */
    public void warnOfContexts(BatchSpec spec, KafkaAdmin admin, CommandSpec command) {
        String warning = ContextTopic.warning(spec, admin);
        if (warning != null) {
            Printable.warn(command.commandLine().getErr(), warning);
        }
    }

    public static <E extends Enum<E>> E word(Class<E> type, String option, String text) {
        for (E constant : type.getEnumConstants()) {
            if (asOption(constant).equalsIgnoreCase(text)) {
                return constant;
            }
        }
        throw BatchException.usage("%s '%s' is not one of %s"
                .formatted(
                        option,
                        text,
                        Arrays.stream(type.getEnumConstants())
                                .map(SpecOptions::asOption)
                                .toList()));
    }

    private static String asOption(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
