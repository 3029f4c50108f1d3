package io.backprocess.revise;

import io.backprocess.event.Edit;

/** Takes what a revision makes of an event. */
public interface Results {

    /** One more result: the event with the edit applied. {@code event.edit()} alone gives the event as it is. */
    void emit(Edit result);
}
