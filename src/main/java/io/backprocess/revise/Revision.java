package io.backprocess.revise;

import io.backprocess.event.Event;
import io.backprocess.event.ProcessVersion;
import java.util.Map;
import java.util.Set;

/**
 * The new logic: a pure function from an event of one version to zero or more events of the next version.
 *
 * <p>{@link java.util.ServiceLoader} finds it in the job's jar or in a jar beside it. Name the class in
 * {@code META-INF/services/io.backprocess.revise.Revision} and give it a public constructor without parameters.
 *
 * <p>The same event must always give the same results: no clock, no random numbers, no I/O, no state from event to event. A batch
 * may be replayed from any point, and its results are proven by computing them again. One instance is used by one thread.
 * {@link io.backprocess.revise.testkit.RevisionTester} tests a revision, including its purity.
 *
 * <pre>{@code
 * public final class PriceInCents implements Revision {
 *     public String name() { return "price-in-cents"; }
 *     public ProcessVersion from() { return ProcessVersion.of("1"); }
 *     public ProcessVersion to() { return ProcessVersion.of("2"); }
 *     public void revise(Event event, Results results) throws RejectedException {
 *         JsonValue price = event.payload().get("price");
 *         if (price == null || price.number() == null) {
 *             throw new RejectedException("No price");
 *         }
 *         results.emit(event.edit().set("cents", price.number().movePointRight(2)).remove("price"));
 *     }
 * }
 * }</pre>
 */
public interface Revision {

    /** Returns the name that {@code --revision} uses: lower-case letters, digits and hyphens ({@code purchase-split}). */
    String name();

    /** Returns the version of the events that it takes. */
    ProcessVersion from();

    /** Returns the version of the events that it makes. */
    ProcessVersion to();

    /**
     * Returns the names of the options that {@link #configure} understands. Other options are rejected before the batch starts.
     */
    default Set<String> options() {
        return Set.of();
    }

    /**
     * Sets the options. It is called once before the first event, with those {@code --revision-option}s that {@link #options}
     * names.
     *
     * @throws IllegalArgumentException when a value is invalid; the message goes to the user
     */
    default void configure(Map<String, String> options) {}

    /**
     * Makes the new events from one event. The envelope fields are set by the caller: a result gets the batch as its
     * correlationId and {@link #to} as its processVersion. Several results get eventIds derived from the event's own. An event
     * may give no result at all.
     *
     * @throws RejectedException when this event cannot be brought to the new version; the event becomes a dead letter
     * @throws TransientException when a later attempt may succeed; the event is tried again
     */
    void revise(Event event, Results results) throws RejectedException, TransientException;
}
