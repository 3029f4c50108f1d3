package io.backprocess.revise;

import io.backprocess.event.Edit;

/**
 * Takes the results that a revision makes from an event: one, several or none. They are written in the order in which they are
 * emitted. If the revision throws afterwards, none of them is written.
 *
 * <p>A single result keeps the event's eventId. With several results, each gets an eventId of its own, derived from the event's
 * eventId, the revision's name and the result's index. It is the same at every attempt, so emit results in an order that depends
 * on the event alone (the order of a list, not of a hash set). An event with more than 100 000 results, or more than 64 MiB of
 * them, becomes a dead letter.
 */
public interface Results {

    /**
     * Adds one result: the event with the edit applied. {@code event.edit()} alone gives the event with its payload unchanged.
     */
    void emit(Edit result);
}
