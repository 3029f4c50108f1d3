package io.backprocess.render;

/** Escapes text for a page. */
public final class Html {
    private Html() {}

    /** Escapes text for an element, or for an attribute value in quotes. Characters that could do harm are replaced. */
    static String escape(String text) {
        StringBuilder html = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> html.append("&amp;");
                case '<' -> html.append("&lt;");
                case '>' -> html.append("&gt;");
                case '"' -> html.append("&quot;");
                case '\'' -> html.append("&#39;");
                default -> html.append(isHarmless(c) ? c : '\uFFFD');
            }
        }
        return html.toString();
    }

    /** Tells whether a character is neither a control character nor one that changes the direction of the surrounding text. */
    private static boolean isHarmless(char c) {
        return c == '\n'
                || c == '\t'
                || !(Character.isISOControl(c) || (c >= '\u202A' && c <= '\u202E') || (c >= '\u2066' && c <= '\u2069'));
    }

    /** Escapes JSON for a script element that holds data, so that no text in it can end the element. */
    public static String data(String json) {
        StringBuilder data = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            boolean plain = isHarmless(c) && "<>&\u2028\u2029".indexOf(c) < 0;
            data.append(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
        return data.toString();
    }
}
