package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.ResultPlacement;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that place results in other partitions, under other keys or in another topic than their source has. */
public final class PlacementOptions {
    @Option(
            names = "--result-partitions",
            paramLabel = "N",
            description = {
                "Number of partitions of the result topic. Kafka's own partitioner chooses among them by the key; a record without",
                "a key keeps its partition, modulo N (default: as many as the source, and each result keeps its partition)."
            })
    private @Nullable Integer partitions;

    @Option(
            names = "--result-key",
            paramLabel = "POINTER",
            description = {
                "Where a result's value has its new key, as a JSON Pointer such as /payload/customerId. A result without it is a",
                "dead letter. docs/placement.md says what becomes of the order (default: the key of the source)."
            })
    private @Nullable String key;

    @Option(
            names = "--into",
            paramLabel = "TOPIC",
            description = {
                "Write results into a topic that exists, beside its other records, instead of a new one. Results say their batch in",
                "backprocess.batch-id. Needs --allow-into."
            })
    private @Nullable String into;

    @Option(
            names = "--allow-into",
            paramLabel = "TOPIC",
            description =
                    "With --into: the same topic again, as a confirmation that its readers get the results at once.")
    private @Nullable String allowed;

    /** Returns the placement; null where results keep the places of their source. */
    public @Nullable ResultPlacement placement() {
        if (into == null && allowed != null) {
            throw BatchException.usage("--allow-into %s has no effect without --into".formatted(allowed));
        }
        if (into != null && !into.equals(allowed)) {
            throw BatchException.usage(
                    "--into %s writes beside records of others, and readers of %s get the results at once; to confirm it, add --allow-into %s"
                            .formatted(into, into, into));
        }
        return ResultPlacement.of(partitions, key, into);
    }
}
