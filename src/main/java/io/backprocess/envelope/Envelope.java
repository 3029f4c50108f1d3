package io.backprocess.envelope;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.event.EnvelopeMapping;
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
