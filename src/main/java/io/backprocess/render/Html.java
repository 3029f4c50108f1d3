package io.backprocess.render;

/** HTML as it is written: whatever comes in as text or as an attribute's value is escaped, whatever it holds. */
public final class Html {
    private final StringBuilder html = new StringBuilder();

    /** @param attributes names and values in turn */
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

    /** An element that holds only text. */
    public Html element(String tag, String text, String... attributes) {
        return open(tag, attributes).text(text).close(tag);
    }

    /** What is HTML already, and none that came from outside. */
    public Html raw(String trusted) {
        html.append(trusted);
        return this;
    }

    /** A row of a table; the first cell is the row's head. */
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

    /** The row of a table's column heads. */
    Html heads(String... heads) {
        open("thead").open("tr");
        for (String head : heads) {
            element("th", head, "scope", "col");
        }
        return close("tr").close("thead");
    }

    /** A table that is too wide for a phone scrolls by itself; the page does not. */
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

    /** Not a control character, and none that turns the direction of the text around it. */
    private static boolean isHarmless(char c) {
        return c == '\n'
                || c == '\t'
                || !(Character.isISOControl(c) || (c >= '\u202A' && c <= '\u202E') || (c >= '\u2066' && c <= '\u2069'));
    }

    /** JSON for a script element that holds data: it cannot end the element, whatever its texts hold. */
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
