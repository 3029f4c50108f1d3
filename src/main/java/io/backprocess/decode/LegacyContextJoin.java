package io.backprocess.decode;

import io.backprocess.batch.BatchSpec;
import io.backprocess.event.Contexts;
import io.backprocess.event.Contexts.Context;
import io.backprocess.event.DeadLetter;
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
 * Makes envelopes of old events without one, with the context as it stood when they happened. Which context that is depends on
 * the times alone, not on the order in which contexts and events were written. Several threads may share one.
 */
public final class LegacyContextJoin implements AutoCloseable {
    private final Contexts contexts;
    private final String subject;
    private final ProcessVersion version;

    /**
     * @param subject the member by which a flat event says whom it happened to
     * @param version of flat events, which say none
     */
    public LegacyContextJoin(Contexts contexts, String subject, ProcessVersion version) {
        this.contexts = contexts;
        this.subject = subject;
        this.version = version;
    }

    /** Null where the specification asks for no context. */
    public static @Nullable LegacyContextJoin of(BatchSpec spec, @Nullable Contexts contexts) {
        return spec.context() == null || contexts == null
                ? null
                : new LegacyContextJoin(contexts, spec.context().key(), ProcessVersion.of(spec.fromVersion()));
    }

    EventReader reader() {
        return new EventReader(subject);
    }

    /**
     * The event, or a dead letter where nothing is known.
     *
     * @param value of the record: a flat event
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
