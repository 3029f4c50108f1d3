package io.backprocess.json;

import java.util.Arrays;

/** Replacements in a document, in document order and not overlapping. The bytes between them are copied unchanged. */
public final class Splices {
    private int[] bounds = new int[16];
    private byte[][] texts = new byte[8][];
    private int count;
    private int growth;

    public void replace(int start, int end, byte[] text) {
        if (count == texts.length) {
            bounds = Arrays.copyOf(bounds, bounds.length * 2);
            texts = Arrays.copyOf(texts, texts.length * 2);
        }
        bounds[2 * count] = start;
        bounds[2 * count + 1] = end;
        texts[count++] = text;
        growth += text.length - (end - start);
    }

    public byte[] apply(byte[] document) {
        byte[] result = new byte[document.length + growth];
        int from = 0;
        int to = 0;
        for (int i = 0; i < count; i++) {
            int kept = bounds[2 * i] - from;
            System.arraycopy(document, from, result, to, kept);
            to += kept;
            System.arraycopy(texts[i], 0, result, to, texts[i].length);
            to += texts[i].length;
            from = bounds[2 * i + 1];
        }
        System.arraycopy(document, from, result, to, document.length - from);
        return result;
    }
}
