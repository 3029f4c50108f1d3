package io.backprocess.revise.rules;

import dev.cel.runtime.CelVariableResolver;
import io.backprocess.event.Edit;
import io.backprocess.event.JsonValue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The variables of a rule's expressions: {@code payload} as the earlier rules have left it, {@code event}, the original envelope,
 * and {@code item}, after a rule has split the event.
 */
record RuleScope(Edit edit, @Nullable JsonValue item) implements CelVariableResolver {
    static final String PAYLOAD = "payload";
    static final String EVENT = "event";
    static final String ITEM = "item";

    @Override
    public Optional<Object> find(String name) {
        return switch (name) {
            case PAYLOAD -> Optional.of(RuleValues.payload(edit));
            case EVENT -> Optional.of(RuleValues.of(edit.event().envelope()));
            case ITEM -> Optional.ofNullable(item).map(RuleValues::of);
            default -> Optional.empty();
        };
    }
}
