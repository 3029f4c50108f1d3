package io.backprocess.format.protobuf;

import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonPointer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds parts of the base by their place in its JSON. Well-known types are found as a whole; nothing inside them is. */
final class BaseParts {
    private final WireInput in;
    private final MessageType type;
    private final int[] root;

    /** A part of the base. */
    static final class Part {
        private final FieldType field;
        private final int[] spans;
        private final @Nullable Occurrences message;

        /**
         * @param field its field; for a map's value, the second field of the entry
         * @param spans the content: of a message all its parts, of a scalar the last value
         * @param message the message with all elements or entries, where the part is a whole array or map
         */
        Part(FieldType field, int[] spans, @Nullable Occurrences message) {
            this.field = field;
            this.spans = spans;
            this.message = message;
        }

        FieldType field() {
            return field;
        }

        int[] spans() {
            return spans;
        }

        @Nullable
        Occurrences message() {
            return message;
        }

        /** Tells whether the part's bytes may stand for one value of the field. */
        boolean fitsOne(FieldType target) {
            return message == null && field.kind() == target.kind();
        }

        /** Tells whether the part's elements or entries may stand for the field's. */
        boolean fitsAll(FieldType target) {
            return message != null && field.isLike(target);
        }
    }

    BaseParts(WireInput in, MessageType type, int[] root) {
        this.in = in;
        this.type = type;
        this.root = root;
    }

    /** Returns the part from which the moved part came; null where nothing has moved, or the base has nothing there. */
    @Nullable
    Part source(@Nullable Origins origins) throws UnfitException {
        JsonPointer source = origins == null ? null : origins.source();
        return source == null ? null : find(source.path());
    }

    private @Nullable Part find(List<String> path) throws UnfitException {
        MessageType at = type;
        int[] spans = root;
        int step = 0;
        while (true) {
            FieldType field = at.wellKnown() == null ? at.byName(path.get(step++)) : null;
            if (field == null) {
                return null;
            }
            Occurrences message = Occurrences.of(in, at, spans);
            if (field.repeated() && step == path.size()) {
                return new Part(field, Occurrences.NO_SPANS, message);
            }
            FieldType valueField = field;
            int[] found;
            if (field.map()) {
                found = mapValue(field, message, path.get(step++));
                valueField = field.messageType().field(1);
            } else {
                found = field.repeated()
                        ? element(field, message, JsonPointer.index(path.get(step++)))
                        : message.spans(field);
            }
            if (found.length == 0) {
                return null;
            }
            if (step == path.size()) {
                return new Part(valueField, found, null);
            }
            if (!valueField.kind().isMessage()) {
                return null;
            }
            at = valueField.messageType();
            spans = found;
        }
    }

    private int[] element(FieldType field, Occurrences message, int index) throws UnfitException {
        int from = message.first(field);
        Elements elements = Elements.of(in, field, message, from, message.afterLast(from, field));
        return index == JsonPointer.NOWHERE || index >= elements.count() ? Occurrences.NO_SPANS : elements.span(index);
    }

    /** Returns the values of a map by their keys. */
    Map<String, Part> entries(Part map) throws UnfitException {
        Map<String, Part> entries = new HashMap<>();
        Occurrences message = map.message();
        if (message != null) {
            FieldType value = map.field().messageType().field(1);
            int from = message.first(map.field());
            for (int i = from; i < message.afterLast(from, map.field()); i++) {
                Occurrences entry = Occurrences.of(in, map.field().messageType(), message.spans(i, i + 1));
                int[] spans = entry.spans(value);
                if (spans.length > 0) {
                    entries.put(MapMerge.key(in, entry), new Part(value, spans, null));
                }
            }
        }
        return entries;
    }

    private int[] mapValue(FieldType field, Occurrences message, String key) throws UnfitException {
        int from = message.first(field);
        for (int i = message.afterLast(from, field) - 1; i >= from; i--) {
            Occurrences entry = Occurrences.of(in, field.messageType(), message.spans(i, i + 1));
            if (MapMerge.key(in, entry).equals(key)) {
                return entry.spans(field.messageType().field(1));
            }
        }
        return Occurrences.NO_SPANS;
    }
}
