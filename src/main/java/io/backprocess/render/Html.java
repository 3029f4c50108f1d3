package io.backprocess.render;

/** Builds HTML. Every text and every attribute value is escaped. */
public final class Html {
    private final StringBuilder html = new StringBuilder();

    /** @param attributes alternating names and values */
    public Html open(String tag, String... attributes) {
        html.append('<').append(tag);
        for (int i = 0; i < attributes.length; i += 2) {
            html.append(' ').append(attributes[i]).append("=\"");
            escape(attributes[i + 1]);
            html.append('"');
        }
        html.append('>');
        return this;
    }

    public Html close(String tag) {
        html.append("</").append(tag).append(">\n");
        return this;
    }

    public Html text(String text) {
        escape(text);
        return this;
    }

    /** Writes an element that holds only text. */
    public Html element(String tag, String text, String... attributes) {
        return open(tag, attributes).text(text).close(tag);
    }

    /** Writes HTML without escaping it. The text must not come from outside this program. */
    public Html raw(String trusted) {
        html.append(trusted);
        return this;
    }

    /** Writes a table row whose first cell is the row's head. */
    public Html row(String... cells) {
        open("tr");
        for (int i = 0; i < cells.length; i++) {
            if (i == 0) {
                element("th", cells[i], "scope", "row");
            } else {
                element("td", cells[i]);
            }
        }
        return close("tr");
    }

    /** Writes the row of a table's column heads. */
    Html heads(String... heads) {
        open("thead").open("tr");
        for (String head : heads) {
            element("th", head, "scope", "col");
        }
        return close("tr").close("thead");
    }

    /** Opens a table. If it is too wide for a phone, the table scrolls and the page does not. */
    public Html openTable(String name, String... heads) {
        return open("div", "class", "scroll", "tabindex", "0", "role", "region", "aria-label", name)
                .open("table")
                .heads(heads)
                .open("tbody");
    }

    public Html closeTable() {
        return close("tbody").close("table").close("div");
    }

    private void escape(String text) {
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

    @Override
    public String toString() {
        return html.toString();
    }
}
