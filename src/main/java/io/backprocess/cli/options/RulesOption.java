package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.revise.rules.RuleRevision;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** New logic that is written as rules. */
public final class RulesOption {
    @Option(
            names = "--rules",
            paramLabel = "FILE",
            description = {
                "New logic without Java: a revision that is written as rules in YAML; may be given several times.",
                "Its text becomes part of the plan, so the file is not needed later."
            })
    private List<Path> files = new ArrayList<>();

    /** What the files say: the text of each by the name of its revision, in the order in which they were given. */
    public Map<String, String> read() {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Path file : files) {
            String text = text(file);
            String name = revision(file, text).name();
            if (texts.put(name, text) != null) {
                throw BatchException.usage("two of the --rules are called '%s'; rename one".formatted(name));
            }
        }
        return texts;
    }

    /**
     * The revisions to apply: those that were named, or all that were given as rules.
     *
     * @throws BatchException usage, when there are none, or rules that would not be applied
     */
    public static List<String> chain(List<String> named, Map<String, String> rules) {
        if (named.isEmpty() && rules.isEmpty()) {
            throw BatchException.usage(
                    "no new logic is given; name a revision with --revision, or a file with --rules");
        }
        for (String rule : rules.keySet()) {
            if (!named.isEmpty() && !named.contains(rule)) {
                throw BatchException.usage(
                        "--rules '%s' is not among --revision %s; name it there, in the chain's order"
                                .formatted(rule, String.join(",", named)));
            }
        }
        return named.isEmpty() ? List.copyOf(rules.keySet()) : named;
    }

    /** As options of their revisions, in which a batch's plan keeps them. */
    public static Map<String, String> asOptions(Map<String, String> rules) {
        Map<String, String> options = new TreeMap<>();
        rules.forEach((name, text) -> options.put(RuleRevision.OPTION + name, text));
        return options;
    }

    private static RuleRevision revision(Path file, String text) {
        try {
            return RuleRevision.parse(text);
        } catch (IllegalArgumentException e) {
            throw BatchException.usage("--rules %s: %s".formatted(file, e.getMessage()));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (MalformedInputException e) {
            throw BatchException.usage("--rules %s is no text in UTF-8".formatted(file));
        } catch (IOException e) {
            throw BatchException.usage("--rules %s cannot be read: %s".formatted(file, e.getMessage()));
        }
    }
}
