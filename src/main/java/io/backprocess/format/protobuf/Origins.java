package io.backprocess.format.protobuf;

import io.backprocess.json.JsonPointer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where parts of the changed JSON were in the base, by the steps to their new places. */
final class Origins {
    private final Map<String, Origins> children = new HashMap<>();
    private @Nullable JsonPointer source;

    /** Returns the moved parts; null where none has moved. */
    static @Nullable Origins of(Map<JsonPointer, JsonPointer> origins) {
        Origins root = new Origins();
        origins.forEach((target, source) -> {
            if (!target.equals(source)) {
                Origins at = root;
                for (String step : target.path()) {
                    at = at.children.computeIfAbsent(step, ignored -> new Origins());
                }
                at.source = source;
            }
        });
        return root.children.isEmpty() ? null : root;
    }

    static @Nullable Origins child(@Nullable Origins parent, String step) {
        return parent == null ? null : parent.children.get(step);
    }

    @Nullable
    JsonPointer source() {
        return source;
    }
}
