package io.backprocess.format.avro;

import java.util.Arrays;

/** A list of positions in a text or a value. */
final class Positions {
    private int[] positions = new int[16];
    private int size;

    void add(int position) {
        if (size == positions.length) {
            positions = Arrays.copyOf(positions, 2 * size);
        }
        positions[size++] = position;
    }

    int get(int index) {
        return positions[index];
    }

    int size() {
        return size;
    }

    int[] toArray() {
        return Arrays.copyOf(positions, size);
    }
}
