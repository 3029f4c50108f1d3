package io.backprocess.revise;

import io.backprocess.event.Event;
import io.backprocess.event.ProcessVersion;
import java.util.Map;
import java.util.Set;

/**
 * The new logic: a pure function from an event of one version to zero or more events of the next.
 *
 * <p>Found by {@link java.util.ServiceLoader}, in the job's jar or in one beside it: name the class in
 * {@code META-INF/services/io.backprocess.revise.Revision} and give it a public constructor without parameters.
 *
 * <p>The same event must always give the same results: no clock, no random numbers, no I/O, no state from event to event. A
 * batch may be replayed from any point, and what it wrote is proven by doing it again. One instance is used by one thread.
 * {@link io.backprocess.revise.testkit.RevisionTester} tests it, and that it is pure.
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

    /** What {@code --revision} calls it: lower-case letters, digits and hyphens ({@code purchase-split}). */
    String name();

    /** The version of the events that it understands. */
    ProcessVersion from();

    /** The version of the events that it makes. */
    ProcessVersion to();

    /** The names of the options that {@link #configure} understands; others are refused before the batch starts. */
    default Set<String> options() {
        return Set.of();
    }

    /**
     * Called once before the first event with those {@code --revision-option}s that {@link #options} names.
     *
     * @throws IllegalArgumentException when a value makes no sense; the message goes to the user
     */
    default void configure(Map<String, String> options) {}

    /**
     * Makes the new events of one event. Envelope fields are taken care of: the result gets the batch as its correlationId,
     * {@link #to} as its processVersion, and where there are several, eventIds derived from the event's own. An event may
     * give no result at all.
     *
     * @throws RejectedException when this event cannot be brought to the new version; it becomes a dead letter
     * @throws TransientException when it may work a moment later; it is tried again
     */
    void revise(Event event, Results results) throws RejectedException, TransientException;
}
