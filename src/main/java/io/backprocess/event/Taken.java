package io.backprocess.event;

import java.util.List;

/** An event that the revisions have dealt with, and what came of it: none, one or several results. */
public record Taken(Event event, List<Result> results) implements Outcome {
    @Override
    public int partition() {
        return event.partition();
    }
}
