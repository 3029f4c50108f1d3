package io.backprocess.decode;

import io.backprocess.batch.BatchSpec;
import io.backprocess.event.Contexts;
import io.backprocess.event.Contexts.Context;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.EventReader;
import io.backprocess.event.FlatEvent;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Makes envelopes of old flat events, with the context as it was when they happened. The times alone decide which context
 * that is, not the order in which contexts and events were written. Several threads may share one instance.
 */
public final class LegacyContextJoin implements AutoCloseable {
    private final Contexts contexts;
    private final String subject;
    private final ProcessVersion version;

    /**
     * @param subject the member of a flat event that names its subject
     * @param version the process version of flat events, which name none themselves
     */
    public LegacyContextJoin(Contexts contexts, String subject, ProcessVersion version) {
        this.contexts = contexts;
        this.subject = subject;
        this.version = version;
    }

    /** Returns the join of a batch; null when its specification has no context. */
    public static @Nullable LegacyContextJoin of(BatchSpec spec, @Nullable Contexts contexts) {
        return spec.context() == null || contexts == null
                ? null
                : new LegacyContextJoin(
                        contexts,
                        spec.context().key(),
                        ProcessVersion.of(spec.logic().fromVersion()));
    }

    EventReader reader(EnvelopeMapping mapping) {
        return new EventReader(mapping, subject);
    }

    /**
     * Returns the event, or a dead letter when no context is known.
     *
     * @param value the record's value: a flat event
     * @throws UnreadableException when the value or the joined envelope cannot be read
     */
    Outcome join(SourceRecord record, byte[] value, EventReader reader) throws UnreadableException {
        FlatEvent flat = FlatEvent.of(value);
        byte[] who = flat.subject(subject);
        if (who == null) {
            return missing(record, "a flat event whose %s is missing, or neither text nor a number".formatted(subject));
        }
        Instant time = flat.time();
        if (time == null) {
            return missing(record, "a flat event whose timestamp is no time, so that its context cannot be found");
        }
        Context context = contexts.asOf(who, time);
        if (context == null) {
            return missing(record, "no context of its %s is known at %s or before".formatted(subject, time));
        }
        if (context.value() == null) {
            return missing(
                    record,
                    "the context of its %s was deleted at %s or before, by %s"
                            .formatted(subject, time, context.source()));
        }
        byte[] envelope = flat.with(context.value(), context.source(), version);
        if (envelope == null) {
            return missing(record, "the context of its %s, %s, is no JSON object".formatted(subject, context.source()));
        }
        return reader.read(record, envelope);
    }

    private static DeadLetter missing(SourceRecord record, String message) {
        return DeadLetter.of(record, Decoder.STAGE, Reason.MISSING_CONTEXT, message);
    }

    @Override
    public void close() {
        contexts.close();
    }
}
