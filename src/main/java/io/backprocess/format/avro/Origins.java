package io.backprocess.format.avro;

import io.backprocess.json.JsonPointer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where parts of a changed value were before, as a tree along the paths of the parts. */
final class Origins {
    private final Map<String, Origins> parts = new HashMap<>();
    private @Nullable JsonPointer from;

    private Origins() {}

    /** Returns the tree; null if no part has moved. */
    static @Nullable Origins of(Map<JsonPointer, JsonPointer> origins) {
        if (origins.isEmpty()) {
            return null;
        }
        Origins root = new Origins();
        origins.forEach((to, from) -> {
            Origins part = root;
            for (String step : to.path()) {
                part = part.parts.computeIfAbsent(step, each -> new Origins());
            }
            part.from = from;
        });
        return root;
    }

    /** Returns where the part itself was before; null if it has not moved. */
    @Nullable
    JsonPointer from() {
        return from;
    }

    /** Returns the tree of a part inside; null if nothing in it has moved. */
    static @Nullable Origins inside(@Nullable Origins origins, String step) {
        return origins == null ? null : origins.parts.get(step);
    }
}
