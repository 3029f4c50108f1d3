package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.context.ContextTopic;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.RangeWarnings;
import io.backprocess.render.Printable;
import io.backprocess.upsert.ResultTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What a batch is: the options that plan and run share. */
public final class SpecOptions {
    @Mixin
    private InputOptions input = new InputOptions();

    @Option(
            names = "--batch-id",
            paramLabel = "ID",
            required = true,
            description = "Names the batch, its topics TOPIC.ID and TOPIC.ID.dlq, and is the results' correlationId.")
    private String batchId = "";

    @Option(
            names = "--dedupe-scope",
            paramLabel = "partition|global",
            description = {
                "partition (default): copies in the same partition are found, the order is kept.",
                "global: copies in different partitions too; costs a shuffle and the order.",
                "Where records have no key, run asks for it: their copies may be in any partition."
            })
    private @Nullable String dedupeScope;

    @Option(
            names = "--result-headers",
            paramLabel = "origin|full|none",
            defaultValue = "origin",
            description = "Headers that a result gets beside the original's (default: origin).")
    private String resultHeaders = "";

    @Option(
            names = "--upsert-jdbc",
            paramLabel = "FILE",
            description = {
                "Results go to a table too, by upsert: PostgreSQL, MariaDB. The YAML file says which, to which"
                        + " columns,",
                "and what keeps a newer row from being overwritten; docs/upsert.md has the reference."
            })
    private @Nullable Path upsert;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why the batch is made; kept with its plan.")
    private @Nullable String reason;

    @Nullable
    public String reason() {
        return reason;
    }

    /** The specification, checked as far as it can be without a broker: also the revisions, in the jars at hand. */
    public BatchSpec spec(ClassLoader classes) {
        BatchSpec spec = input.spec(
                batchId,
                dedupeScope == null ? DedupeScope.PARTITION : word(DedupeScope.class, "--dedupe-scope", dedupeScope),
                word(ResultHeaders.class, "--result-headers", resultHeaders),
                classes);
        return upsert == null
                ? spec
                : spec.withUpsert(ResultTable.read(upsert).definition().toJson());
    }

    /**
     * Says what the range of a new plan leaves out, and asks for the scope where the default may be too narrow: who made copies of
     * records without a key has spread them over the partitions.
     */
    public void warnOfRange(BatchPlan plan, KafkaAdmin admin, Properties kafka, CommandSpec command) {
        RangeWarnings look = RangeWarnings.at(plan, admin, kafka);
        look.warnings().forEach(warning -> Printable.warn(command.commandLine().getErr(), warning));
        if (look.keyless() != null && dedupeScope == null) {
            throw BatchException.usage(
                    "%s: say which copies are meant. --dedupe-scope partition finds those within a partition and keeps the order; --dedupe-scope global finds all of them and gives the order up"
                            .formatted(look.keyless()));
        }
    }

    /** On standard error, as nothing stands in the batch's way. */
    public void warnOfContexts(BatchSpec spec, KafkaAdmin admin, CommandSpec command) {
        String warning = ContextTopic.warning(spec, admin);
        if (warning != null) {
            Printable.warn(command.commandLine().getErr(), warning);
        }
    }

    public static <E extends Enum<E>> E word(Class<E> type, String option, String text) {
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
