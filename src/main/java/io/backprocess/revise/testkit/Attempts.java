package io.backprocess.revise.testkit;

import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.EventReader;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.TooMuchException;
import io.backprocess.revise.TransientException;
import io.backprocess.revise.operator.RevisionChain;
import java.util.function.Supplier;

/** Puts each event through the chain several times and fails if the results are not the same each time. */
final class Attempts {
    private final Supplier<RevisionChain> fresh;
    private final RevisionChain used;
    private final ProcessVersion from;
    private final EnvelopeMapping mapping;
    private final EventReader reader;
    private int events;

    Attempts(Supplier<RevisionChain> fresh, ProcessVersion from, EnvelopeMapping mapping) {
        this.mapping = mapping;
        this.reader = new EventReader(mapping);
        this.fresh = fresh;
        this.used = fresh.get();
        this.from = from;
    }

    ProcessVersion from() {
        return from;
    }

    Revised given(SourceRecord record) {
        Untouched untouched = new Untouched(record);
        Revised first = attempt(used, record);
        untouched.check(first);
        if (first.isTransient()) {
            return first;
        }
        awaitNextMillisecond();
        same(first, attempt(used, record), "a second time");
        same(
                first,
                attempt(fresh.get(), record),
                "to a fresh instance (this one has seen %s others)".formatted(events));
        untouched.check(first);
        events++;
        return first;
    }

    private static void same(Revised first, Revised other, String how) {
        if (!first.everything().equals(other.everything())) {
            throw new AssertionError("the revision is not pure: %s, given %s, became something else%n%s"
                    .formatted(
                            first.event(),
                            how,
                            Difference.between(first.everything(), other.everything(), "first", "then")));
        }
    }

    /** Waits, so that a clock in the revision shows another time. */
    private static void awaitNextMillisecond() {
        long now = System.currentTimeMillis();
        while (System.currentTimeMillis() == now) {
            Thread.onSpinWait();
        }
    }

    /** Takes one event on the same path as the job's steps. */
    private Revised attempt(RevisionChain chain, SourceRecord record) {
        byte[] value = record.value();
        if (value == null) {
            return Revised.dead("the record", Reason.TOMBSTONE, "the record's value is null", null);
        }
        Event event;
        try {
            event = reader.read(record, value);
        } catch (UnreadableException e) {
            return Revised.dead("the record", e.reason(), String.valueOf(e.getMessage()), null);
        }
        String name = event.eventId();
        if (!event.processVersion().equals(from)) {
            return Revised.skipped(name, event.processVersion());
        }
        try {
            return Revised.into(name, chain.revise(event), mapping);
        } catch (RejectedException e) {
            return Revised.dead(name, e.reason(), String.valueOf(e.getMessage()), null);
        } catch (TooMuchException e) {
            return Revised.dead(name, Reason.TOO_LARGE, String.valueOf(e.getMessage()), null);
        } catch (TransientException e) {
            return Revised.dead(name, Reason.RETRIES_EXHAUSTED, String.valueOf(e.getMessage()), e);
        } catch (StackOverflowError e) {
            return Revised.dead(name, Reason.UNEXPECTED, "the revision recursed too deep", e);
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            return Revised.dead(name, Reason.UNEXPECTED, "the revision threw " + e, e);
        }
    }
}
