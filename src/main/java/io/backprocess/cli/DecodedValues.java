package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.ValueFormat;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.registry.Schemas;
import io.backprocess.render.Printable;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** Decodes the values of dead letters for a user. A value that cannot be decoded is shown as its bytes. */
final class DecodedValues {
    private final PrintWriter err;
    private @Nullable ValueFormat values;

    DecodedValues(BatchPlan plan, KafkaClients kafka, PrintWriter err) {
        this.err = err;
        // A letter that a redrive has tried again may have a schema that only the redrive has found.
        this.values = Schemas.ofRedriven(plan, kafka);
    }

    /** Returns a value as JSON; null where it is not encoded by a schema, or cannot be decoded. */
    byte @Nullable [] json(SourceRecord record) {
        if (values == null) {
            return null;
        }
        try {
            return values.json(record);
        } catch (BatchException e) {
            Printable.warn(err, "values are shown as their bytes: " + e.getMessage());
            values = null;
            return null;
        }
    }
}
