package io.backprocess.json;

/** Well-formed UTF-8 as Unicode's table 3-7 defines it: no overlong forms, no surrogates, nothing above U+10FFFF. */
public final class Utf8 {
    private Utf8() {}

    /** Returns the first position whose character is not well-formed; -1 if all are. */
    public static int firstInvalid(byte[] bytes, int start, int end) {
        int at = start;
        while (at < end) {
            int length = bytes[at] >= 0 ? 1 : characterLength(bytes, at, end);
            if (length == 0) {
                return at;
            }
            at += length;
        }
        return -1;
    }

    /** Returns the length of the character of several bytes that begins here; 0 if it is not well-formed. */
    public static int characterLength(byte[] bytes, int at, int end) {
        int lead = bytes[at] & 0xFF;
        int second = at + 1 < end ? bytes[at + 1] & 0xFF : 0;
        int length;
        boolean good;
        if (lead >= 0xC2 && lead <= 0xDF) {
            length = 2;
            good = second >= 0x80 && second <= 0xBF;
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            length = 3;
            good = second >= (lead == 0xE0 ? 0xA0 : 0x80) && second <= (lead == 0xED ? 0x9F : 0xBF);
        } else {
            length = 4;
            good = lead >= 0xF0
                    && lead <= 0xF4
                    && second >= (lead == 0xF0 ? 0x90 : 0x80)
                    && second <= (lead == 0xF4 ? 0x8F : 0xBF);
        }
        for (int i = at + 2; i < at + length; i++) {
            good &= i < end && (bytes[i] & 0xC0) == 0x80;
        }
        return good ? length : 0;
    }
}
