package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.Instants;
import io.backprocess.deadletter.DeadLetterFilter;
import io.backprocess.decode.Decoder;
import io.backprocess.dedupe.DropDuplicates;
import io.backprocess.event.Reason;
import io.backprocess.revise.operator.Revise;
import io.backprocess.upsert.UpsertResults;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that select dead letters. */
public final class DeadLetterOptions {
    private static final List<String> STAGES =
            List.of(Decoder.STAGE, DropDuplicates.STAGE, Revise.STAGE, UpsertResults.STAGE);

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            split = ",",
            description = "Only dead letters with this reason; may be given several times.")
    private List<String> reasons = new ArrayList<>();

    @Option(
            names = "--stage",
            paramLabel = "STAGE",
            description = "Only dead letters of this stage: decode, dedupe, revise, upsert.")
    private @Nullable String stage;

    @Option(
            names = "--since",
            paramLabel = "INSTANT",
            description = "Only dead letters whose own timestamp is this or later, like 2025-01-31T00:00:00Z.")
    private @Nullable String since;

    /**
     * Returns the filter that the options describe.
     *
     * @throws BatchException of kind "usage" if a reason or a stage does not exist
     */
    public DeadLetterFilter filter() {
        Set<Reason> known = EnumSet.noneOf(Reason.class);
        for (String reason : reasons) {
            try {
                known.add(Reason.of(reason));
            } catch (IllegalArgumentException e) {
                throw BatchException.usage("--reason '%s' is not one of %s"
                        .formatted(
                                reason,
                                Arrays.stream(Reason.values())
                                        .map(Reason::toString)
                                        .collect(Collectors.joining(", "))));
            }
        }
        if (stage != null && !STAGES.contains(stage)) {
            throw BatchException.usage("--stage '%s' is not one of %s".formatted(stage, String.join(", ", STAGES)));
        }
        return new DeadLetterFilter(known, stage, since == null ? null : Instants.parse("--since", since));
    }
}
