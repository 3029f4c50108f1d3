package io.backprocess.format.avro;

import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonPointer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/** A part of a value does not fit its type. On its way out of the nested parts it collects the path to the part. */
final class MisfitException extends Exception {
    private static final long serialVersionUID = 1;

    private static final int LONGEST_PATH = 400;

    private final ArrayDeque<String> steps = new ArrayDeque<>();
    private @Nullable String field;

    /** @param what continues the path, as in {@code : 1.5 is not an int} or {@code is missing} with a space before it */
    MisfitException(String what) {
        super(what, null, false, false);
    }

    /** Says that the part lies in an element or a map's entry. */
    MisfitException in(String step) {
        steps.addFirst(step);
        return this;
    }

    /** Says that the part lies in a record's field. */
    MisfitException inField(String name, String record) {
        if (field == null) {
            field = " (field %s of %s)".formatted(name, record);
        }
        return in(name);
    }

    /** Returns the exception that names the whole path. */
    UnfitException placed() {
        String path = steps.isEmpty()
                ? "the value"
                : JsonPointer.ofSteps(new ArrayList<>(steps)).text();
        if (path.length() > LONGEST_PATH) {
            path = path.substring(0, LONGEST_PATH / 2) + "..." + path.substring(path.length() - LONGEST_PATH / 2);
        }
        return new UnfitException(path + getMessage() + (field == null ? "" : field));
    }
}
