package io.backprocess.revise.testkit;

/** Shows two texts one below the other, from a little before their first difference. */
final class Difference {
    private static final int BEFORE = 40;
    private static final int AFTER = 80;

    private Difference() {}

    static String between(String one, String other, String nameOfOne, String nameOfOther) {
        int at = 0;
        while (at < Math.min(one.length(), other.length()) && one.charAt(at) == other.charAt(at)) {
            at++;
        }
        int indent = Math.max(nameOfOne.length(), nameOfOther.length()) + 2;
        return "%s%s%n%s%s%n%s^ they differ from character %s"
                .formatted(
                        label(nameOfOne, indent),
                        window(one, at),
                        label(nameOfOther, indent),
                        window(other, at),
                        " ".repeat(2 + indent + (at > BEFORE ? BEFORE + 1 : at)),
                        at + 1);
    }

    private static String label(String name, int width) {
        return "  " + name + ":" + " ".repeat(width - name.length() - 1);
    }

    private static String window(String text, int at) {
        int from = at > BEFORE ? at - BEFORE : 0;
        int to = Math.min(text.length(), at + AFTER);
        String shown =
                text.substring(from, to).replace('\n', '⏎').replace('\r', '⏎').replace('\t', '⇥');
        return (from > 0 ? "…" : "") + shown + (to < text.length() ? "…" : "");
    }
}
