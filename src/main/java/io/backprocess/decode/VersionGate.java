package io.backprocess.decode;

import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Skipped;
import org.apache.flink.api.common.functions.MapFunction;

/** Lets the events of one process version through. What version 2 wrote is never fed to version 2 again. */
public final class VersionGate implements MapFunction<Outcome, Outcome> {
    private static final long serialVersionUID = 1;

    private final ProcessVersion wanted;

    public VersionGate(ProcessVersion wanted) {
        this.wanted = wanted;
    }

    @Override
    public Outcome map(Outcome outcome) {
        if (outcome instanceof Event event) {
            ProcessVersion version = event.processVersion();
            return version.equals(wanted) ? event : new Skipped(event.partition(), version);
        }
        return outcome;
    }
}
