package io.backprocess.revise;

import io.backprocess.event.Edit;

/**
 * Takes what a revision makes of an event: one result, several, or none. They are written in the order in which they are emitted,
 * all of them or, where the revision then throws, none.
 *
 * <p>One result keeps the event's eventId. Of several, each gets an eventId of its own, derived from the event's, the revision's
 * name and its place: the same at every attempt, so emit them in an order that depends on the event alone (of a list, not of a
 * hash set). More than 100 000 results of one event, or 64 MiB of them, are too much: the event becomes a dead letter.
 */
public interface Results {

    /** One more result: the event with the edit applied. {@code event.edit()} alone gives the event as it is. */
    void emit(Edit result);
}
