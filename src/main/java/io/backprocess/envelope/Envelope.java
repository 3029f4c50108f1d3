package io.backprocess.envelope;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.Encoding;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.ValueFormat;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.registry.Schemas;
import io.backprocess.revise.rules.Selection;
import org.jspecify.annotations.Nullable;

/**
 * The envelope of a batch's history.
 *
 * @param mapping where records keep the parts of an envelope
 * @param selection says which events the batch takes; null when it takes all of its version
 */
public record Envelope(EnvelopeMapping mapping, @Nullable Selection selection) {
    /** Backprocess's own envelope. */
    public static final Envelope OWN = new Envelope(EnvelopeMapping.OWN, null);

    /** Returns the envelope that a batch was planned with. */
    public static Envelope of(BatchPlan plan) {
        return plan.spec().envelope() == null && !plan.keepsCorrelationId()
                ? new Envelope(EnvelopeMapping.FORMER, null)
                : of(plan.spec());
    }

    /** Returns the envelope that a batch was planned with, for a command that reads its records, redriven ones too. */
    public static Envelope of(BatchPlan plan, KafkaClients kafka) {
        return of(plan).reading(Schemas.ofRedriven(plan, kafka));
    }

    /** Returns the envelope of a batch that is planned now, for a command that reads its records and shows its results. */
    public static Envelope of(BatchSpec spec, KafkaClients kafka) {
        return of(spec).reading(Schemas.of(spec.batchId(), spec.encoding(), kafka));
    }

    /** Returns the envelope of a batch that is planned now, for what reads its records only and needs no schema of results. */
    public static Envelope ofSource(BatchSpec spec, KafkaClients kafka) {
        Encoding encoding = spec.encoding();
        return of(spec).reading(Schemas.of(spec.batchId(), encoding == null ? null : encoding.ofSource(), kafka));
    }

    /** Returns this envelope in values that are read as JSON first; null where they are JSON. */
    public Envelope reading(@Nullable ValueFormat values) {
        return values == null ? this : new Envelope(mapping.reading(values), selection);
    }

    /** Returns the envelope of a batch that is planned now. */
    public static Envelope of(BatchSpec spec) {
        return of(spec.envelope(), spec.sourceTopic());
    }

    /**
     * Returns the envelope that a mapping file describes.
     *
     * @param file the file's text; null for Backprocess's own envelope
     * @throws IllegalArgumentException with all problems of the file, each with its line and column
     */
    public static Envelope of(@Nullable String file, String topic) {
        return file == null ? OWN : new EnvelopeFile(topic).read(file);
    }

    /** Returns the mapping of a batch. */
    public static EnvelopeMapping mappingOf(BatchSpec spec) {
        return of(spec).mapping();
    }
}
