package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.envelope.Envelope;
import io.backprocess.envelope.EnvelopeText;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where records keep the parts of an envelope. */
public final class EnvelopeOption {
    @Option(
            names = "--envelope",
            paramLabel = "NAME|FILE",
            description = {
                "Where the records keep id, version, time and payload, if not in Backprocess's own five members. A preset:",
                "axon, cloudevents, debezium, debezium-outbox, masstransit, spring. Or a YAML file of your own;"
                        + " docs/envelopes.md",
                "has the reference. The text becomes part of the plan, so the file is not needed later."
            })
    private @Nullable String envelope;

    @Option(
            names = "--absent-version",
            paramLabel = "N",
            description = "With a preset: the processVersion of events that name none (default: 1).")
    private @Nullable String absentVersion;

    /**
     * Returns the text of the mapping file, which has been checked; null for Backprocess's own envelope.
     *
     * @param topic the topic of the records
     * @throws BatchException of kind "usage" with all problems of the file
     */
    public @Nullable String text(String topic) {
        if (envelope == null) {
            if (absentVersion != null) {
                throw BatchException.usage(
                        "--absent-version %s has no effect without a preset; add --envelope".formatted(absentVersion));
            }
            return null;
        }
        String text;
        try {
            text = absentVersion == null ? EnvelopeText.of(envelope) : EnvelopeText.of(envelope, absentVersion);
        } catch (IllegalArgumentException e) {
            throw BatchException.usage(String.valueOf(e.getMessage()));
        }
        try {
            Envelope.of(text, topic);
        } catch (IllegalArgumentException e) {
            throw BatchException.usage("--envelope %s: %s".formatted(envelope, e.getMessage()));
        }
        return text;
    }
}
