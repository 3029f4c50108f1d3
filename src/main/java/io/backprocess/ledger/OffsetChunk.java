package io.backprocess.ledger;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * A set of the numbers below 65 536, for offsets that are close together. It is a sorted list of two bytes a number while these
 * are far apart, and one bit a number from the first to the last where that is smaller.
 */
final class OffsetChunk {
    static final int BITS = 16;
    private static final int MOST_WORDS = 1 << (BITS - 6);
    private static final int FEW = 4;
    private static final long[] NO_BITS = {};

    /** The numbers in order, if there are no bits. */
    private char[] list = new char[FEW];
    /** The bits of the numbers from {@code base * 64} on; empty if the numbers are in the list. */
    private long[] bits = NO_BITS;

    private int base;
    private int size;

    int size() {
        return size;
    }

    boolean contains(int number) {
        return isList() ? Arrays.binarySearch(list, 0, size, (char) number) >= 0 : hasBit(number);
    }

    /** Adds a number and tells whether it was not in the set before. */
    boolean add(int number) {
        return isList() ? addToList(number) : addBit(number);
    }

    private boolean isList() {
        return bits.length == 0;
    }

    private boolean addToList(int number) {
        int at = size == 0 || list[size - 1] < number ? -size - 1 : Arrays.binarySearch(list, 0, size, (char) number);
        if (at >= 0) {
            return false;
        }
        if (size == list.length) {
            int words = words(number, number);
            if (words * Long.BYTES <= 2 * list.length * Character.BYTES) {
                toBits(firstWord(number), words);
                return addBit(number);
            }
            list = Arrays.copyOf(list, 2 * list.length);
        }
        int place = -at - 1;
        System.arraycopy(list, place, list, place + 1, size - place);
        list[place] = (char) number;
        size++;
        return true;
    }

    private boolean addBit(int number) {
        int word = number >>> 6;
        if (word < base || word >= base + bits.length) {
            int words = words(number, number);
            // Bits that are mostly zero give way to a list, which has room for as many numbers again.
            if (words * Long.BYTES > 2 * (size + 1) * Character.BYTES) {
                toList();
                return addToList(number);
            }
            int first = firstWord(number);
            toBits(first, Math.max(words, Math.min(MOST_WORDS - first, 2 * bits.length)));
        }
        if (hasBit(number)) {
            return false;
        }
        bits[word - base] |= 1L << number;
        size++;
        return true;
    }

    private boolean hasBit(int number) {
        int word = (number >>> 6) - base;
        return word >= 0 && word < bits.length && (bits[word] & (1L << number)) != 0;
    }

    /** Adds the numbers from the first to the last, both inclusive. */
    void addRange(int from, int last) {
        if (last - from < 2 * Long.SIZE) {
            for (int number = from; number <= last; number++) {
                add(number);
            }
            return;
        }
        toBits(firstWord(from), words(from, last));
        for (int word = from >>> 6; word <= last >>> 6; word++) {
            long mask = -1L;
            mask &= word == from >>> 6 ? -1L << from : -1L;
            mask &= word == last >>> 6 ? -1L >>> (Long.SIZE - 1 - (last & (Long.SIZE - 1))) : -1L;
            or(word, mask);
        }
    }

    void addAll(OffsetChunk others) {
        int words = others.size == 0 ? 0 : words(others.first(), others.last());
        if (others.isList() || words * Long.BYTES > 2 * (size + others.size) * Character.BYTES) {
            others.forEach(this::add);
            return;
        }
        toBits(firstWord(others.first()), words);
        for (int word = 0; word < others.bits.length; word++) {
            if (others.bits[word] != 0) {
                or(others.base + word, others.bits[word]);
            }
        }
    }

    private void or(int word, long mask) {
        long before = bits[word - base];
        bits[word - base] = before | mask;
        size += Long.bitCount(mask & ~before);
    }

    private int firstWord(int number) {
        return (size == 0 ? number : Math.min(first(), number)) >>> 6;
    }

    /** Returns the number of words from the lowest number, of the set and these two, to the highest. */
    private int words(int from, int last) {
        return ((size == 0 ? last : Math.max(last(), last)) >>> 6) - firstWord(from) + 1;
    }

    /** Makes bits of this many words, which have room for all numbers of the set. */
    private void toBits(int first, int words) {
        long[] grown = new long[words];
        forEach(number -> grown[(number >>> 6) - first] |= 1L << number);
        bits = grown;
        base = first;
        list = new char[0];
    }

    private void toList() {
        char[] numbers = new char[Math.max(FEW, 2 * size)];
        int[] next = {0};
        forEach(number -> numbers[next[0]++] = (char) number);
        list = numbers;
        bits = NO_BITS;
    }

    void forEach(IntConsumer action) {
        if (isList()) {
            for (int i = 0; i < size; i++) {
                action.accept(list[i]);
            }
            return;
        }
        for (int word = 0; word < bits.length; word++) {
            for (long left = bits[word]; left != 0; left &= left - 1) {
                action.accept(((base + word) << 6) + Long.numberOfTrailingZeros(left));
            }
        }
    }

    /** Returns the lowest number of a set that is not empty. */
    int first() {
        if (isList()) {
            return list[0];
        }
        int word = 0;
        while (bits[word] == 0) {
            word++;
        }
        return ((base + word) << 6) + Long.numberOfTrailingZeros(bits[word]);
    }

    /** Returns the highest number of a set that is not empty. */
    int last() {
        if (isList()) {
            return list[size - 1];
        }
        int word = bits.length - 1;
        while (bits[word] == 0) {
            word--;
        }
        return ((base + word) << 6) + Long.SIZE - 1 - Long.numberOfLeadingZeros(bits[word]);
    }

    /** Returns the bytes of the numbers in the heap, without the objects around them. */
    long bytes() {
        return (long) list.length * Character.BYTES + (long) bits.length * Long.BYTES;
    }
}
