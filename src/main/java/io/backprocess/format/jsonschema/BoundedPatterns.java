package io.backprocess.format.jsonschema;

import com.google.re2j.Pattern;
import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressionFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.PatternSyntaxException;

/**
 * Regular expressions in bounded time. RE2 takes linear time; it knows no references to groups and no lookaround, so Java's own
 * matcher takes patterns with these, over a text that counts how often it is looked at.
 */
final class BoundedPatterns implements RegularExpressionFactory {
    private static final int MAX_PATTERN_LENGTH = 10_000;
    /** RE2 unrolls counted repetitions; more than this many copies are left to Java's matcher. */
    private static final long MAX_COPIES = 1000;

    private static final java.util.regex.Pattern REPETITION = java.util.regex.Pattern.compile("\\{(\\d+)(?:,(\\d*))?}");

    @Override
    public RegularExpression getRegularExpression(String regex) {
        if (regex.length() > MAX_PATTERN_LENGTH) {
            throw new BoundedEvaluation.Exceeded("a pattern of more than " + MAX_PATTERN_LENGTH + " characters");
        }
        if (copies(regex) <= MAX_COPIES) {
            try {
                Pattern linear = Pattern.compile(regex);
                return text -> linear.matcher(text).find();
            } catch (com.google.re2j.PatternSyntaxException e) {
                return counted(regex);
            }
        }
        return counted(regex);
    }

    private static RegularExpression counted(String regex) {
        java.util.regex.Pattern pattern;
        try {
            pattern = java.util.regex.Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new BoundedEvaluation.Exceeded("'" + regex + "' is not a pattern: " + e.getDescription());
        }
        return text ->
                pattern.matcher(new CountedText(text, new AtomicInteger())).find();
    }

    private static long copies(String regex) {
        long copies = 1;
        Matcher repetition = REPETITION.matcher(regex);
        while (repetition.find() && copies <= MAX_COPIES) {
            String most = repetition.group(2) == null || repetition.group(2).isEmpty()
                    ? repetition.group(1)
                    : repetition.group(2);
            copies *= most.length() > 4 ? MAX_COPIES + 1 : Math.max(1, Integer.parseInt(most));
        }
        return copies;
    }

    /** A text that a matcher may look at only so often. */
    private record CountedText(String text, AtomicInteger looks) implements CharSequence {
        private static final int MAX_LOOKS = 1_000_000;

        @Override
        public char charAt(int index) {
            if (looks.incrementAndGet() > MAX_LOOKS) {
                throw new BoundedEvaluation.Exceeded("a pattern that takes more than " + MAX_LOOKS + " steps");
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new CountedText(text.substring(start, end), looks);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
