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

/** The option for new logic that is written as rules. */
public final class RulesOption {
    @Option(
            names = "--rules",
            paramLabel = "FILE",
            description = {
                "New logic without Java: a file with a revision written as rules in YAML; may be given several times.",
                "The text becomes part of the plan, so the file is not needed later."
            })
    private List<Path> files = new ArrayList<>();

    /** Reads the text of each file by the name of its revision, in the order in which the files were given. */
    public Map<String, String> read() {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Path file : files) {
            String text = text(file);
            String name = revision(file, text).name();
            if (texts.put(name, text) != null) {
                throw BatchException.usage("two of the --rules have the name '%s'; rename one".formatted(name));
            }
        }
        return texts;
    }

    /**
     * Returns the names of the revisions to apply: the named ones, or else all that were given as rules.
     *
     * @throws BatchException of kind "usage" if there are none, or if some rules would not be applied
     */
    public static List<String> chain(List<String> named, Map<String, String> rules) {
        if (named.isEmpty() && rules.isEmpty()) {
            throw BatchException.usage("no new logic is given; name a revision with --revision or a file with --rules");
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

    /** Returns the rules as options of their revisions, because a batch's plan keeps them there. */
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
            throw BatchException.usage("--rules %s is not UTF-8 text".formatted(file));
        } catch (IOException e) {
            throw BatchException.usage("--rules %s cannot be read: %s".formatted(file, e.getMessage()));
        }
    }
}
