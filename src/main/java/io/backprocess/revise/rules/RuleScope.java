package io.backprocess.revise.rules;

import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelVariableResolver;
import io.backprocess.event.Edit;
import io.backprocess.event.JsonValue;
import io.backprocess.event.RecordText;
import io.backprocess.event.SourceRecord;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The variables of a rule's expressions: {@code payload} and {@code attributes} as the earlier rules have left them, {@code
 * event}, the original value, {@code headers} and {@code recordKey} of the record, and {@code item}, after a rule has split the
 * event.
 */
record RuleScope(Edit edit, @Nullable JsonValue item) implements CelVariableResolver {
    static final String PAYLOAD = "payload";
    static final String EVENT = "event";
    static final String ITEM = "item";
    static final String ATTRIBUTES = "attributes";
    static final String HEADERS = "headers";
    static final String RECORD_KEY = "recordKey";

    @Override
    public Optional<Object> find(String name) {
        return switch (name) {
            case PAYLOAD -> Optional.of(RuleValues.payload(edit));
            case EVENT -> Optional.of(RuleValues.of(edit.event().envelope()));
            case ATTRIBUTES -> Optional.of(RuleValues.attributes(edit));
            case HEADERS -> Optional.of(RecordText.headers(edit.event().record()));
            case RECORD_KEY -> Optional.of(key(edit.event().record()));
            case ITEM -> Optional.ofNullable(item).map(RuleValues::of);
            default -> Optional.empty();
        };
    }

    private static Object key(SourceRecord record) {
        String key = RecordText.key(record);
        return key == null ? NullValue.NULL_VALUE : key;
    }
}
