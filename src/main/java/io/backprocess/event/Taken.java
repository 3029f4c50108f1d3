package io.backprocess.event;

import java.util.List;

/** An event that the revisions have processed, with its results: none, one or several. */
public record Taken(Event event, List<Result> results) implements Outcome {
    @Override
    public int partition() {
        return event.partition();
    }
}
