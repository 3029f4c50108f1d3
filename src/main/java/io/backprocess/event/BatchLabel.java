package io.backprocess.event;

import io.backprocess.json.JsonText;

/** The batch id that results carry. */
public final class BatchLabel {
    private final String id;
    private final byte[] literal;

    public BatchLabel(String id) {
        this.id = id;
        this.literal = JsonText.quote(id);
    }

    String id() {
        return id;
    }

    /** Returns the id as a JSON text. */
    byte[] literal() {
        return literal;
    }
}
