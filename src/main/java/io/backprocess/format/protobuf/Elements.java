package io.backprocess.format.protobuf;

import io.backprocess.format.UnfitException;
import java.util.Arrays;

/** The elements of a repeated field, which lie in occurrences of their own or packed in common ones. */
final class Elements {
    private static final int ELEMENT = 3;

    private int[] found = {};
    private int count;

    private Elements() {}

    /** Finds the elements between two places in the message's order. */
    static Elements of(WireInput in, FieldType field, Occurrences message, int from, int to) throws UnfitException {
        Elements elements = new Elements();
        for (int i = from; i < to; i++) {
            int occurrence = message.order()[i];
            int start = message.contentStart(occurrence);
            int end = message.contentEnd(occurrence);
            if (isPacked(in.bytes(), field, message, occurrence)) {
                in.seek(start, end);
                while (!in.isAtEnd()) {
                    int element = in.at();
                    in.bits(field.kind().wire());
                    elements.add(element, in.at(), occurrence);
                }
            } else {
                elements.add(start, end, occurrence);
            }
        }
        return elements;
    }

    static boolean isPacked(byte[] bytes, FieldType field, Occurrences message, int occurrence) {
        return field.kind().isNumber() && (bytes[message.start(occurrence)] & 7) == FieldKind.LENGTH;
    }

    private void add(int start, int end, int occurrence) {
        int at = count++ * ELEMENT;
        if (at == found.length) {
            found = Arrays.copyOf(found, Math.max(ELEMENT * 8, 2 * at));
        }
        found[at] = start;
        found[at + 1] = end;
        found[at + 2] = occurrence;
    }

    int count() {
        return count;
    }

    int start(int element) {
        return found[element * ELEMENT];
    }

    int end(int element) {
        return found[element * ELEMENT + 1];
    }

    int occurrence(int element) {
        return found[element * ELEMENT + 2];
    }

    /** Returns where the element's content is. */
    int[] span(int element) {
        return new int[] {start(element), end(element)};
    }
}
