package io.backprocess.render;

/** Formats figures for a page as {@link Words} does, with a narrow space at which no line breaks. */
public final class PageWords {
    private static final char NARROW = '\u202F';

    private PageWords() {}

    public static String count(long count) {
        return unbroken(Words.count(count));
    }

    public static String rate(double perSecond) {
        return unbroken(Words.rate(perSecond));
    }

    public static String share(long part, long whole) {
        return whole == 0 ? "–" : unbroken(Words.share(part, whole));
    }

    public static String percent(double percent) {
        return unbroken(Words.percent(percent));
    }

    private static String unbroken(String figure) {
        return figure.replace(' ', NARROW);
    }
}
