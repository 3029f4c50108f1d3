package io.backprocess.decode;

import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.ExactTimes;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Skipped;
import org.apache.flink.api.common.functions.MapFunction;
import org.jspecify.annotations.Nullable;

/**
 * Lets the events of one process version through. What version 2 wrote is never fed to version 2 again. When the batch has an
 * exact time range, the range is checked first: an event of another version outside of the range counts once, as outside.
 */
public final class VersionGate implements MapFunction<Outcome, Outcome> {
    private static final long serialVersionUID = 1;

    private final ProcessVersion wanted;
    private final @Nullable TimeGate times;
    private final @Nullable EventSelector selector;

    /**
     * Returns the gate of a batch.
     *
     * @param selector says which events of the version the batch takes; null when it takes all
     */
    public static VersionGate of(BatchSpec spec, @Nullable EventSelector selector) {
        ExactTimes times = spec.exactTimes();
        return new VersionGate(
                ProcessVersion.of(spec.logic().fromVersion()),
                times == null ? null : new TimeGate(times, spec.fromInstant(), spec.untilInstant()),
                selector);
    }

    public VersionGate(ProcessVersion wanted) {
        this(wanted, null, null);
    }

    /** @param times null when the range is one of offsets only */
    public VersionGate(ProcessVersion wanted, @Nullable TimeGate times, @Nullable EventSelector selector) {
        this.wanted = wanted;
        this.times = times;
        this.selector = selector;
    }

    @Override
    public Outcome map(Outcome outcome) {
        if (outcome instanceof Event event) {
            ProcessVersion version = event.processVersion();
            boolean fits = version.equals(wanted);
            Outcome timely = times == null ? event : times.judge(event, fits);
            if (!fits && timely == event) {
                return new Skipped(event.partition(), version);
            }
            return timely == event && selector != null ? selected(event, selector) : timely;
        }
        return times == null ? outcome : times.judge(outcome, false);
    }

    private static Outcome selected(Event event, EventSelector selector) {
        try {
            return selector.takes(event) ? event : new Skipped(event.partition(), Skipped.NOT_SELECTED);
        } catch (EventSelector.NotDecidableException e) {
            return DeadLetter.of(event, Decoder.STAGE, e.reason(), String.valueOf(e.getMessage()));
        }
    }
}
