package io.backprocess.revise.rules;

import io.backprocess.event.Event;
import io.backprocess.event.JsonValue;
import io.backprocess.event.ProcessVersion;
import io.backprocess.json.JsonPointer;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.Results;
import io.backprocess.revise.Revision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A revision that is written as rules in YAML instead of Java. The text of its file is one of the batch's revision options,
 * {@code rules:NAME}. So a plan freezes the text, and every process that runs the plan's revisions has it.
 */
public final class RuleRevision implements Revision {
    /** The prefix of the option that holds the text of a rules file. The revision's name follows it. */
    public static final String OPTION = "rules:";

    private final String name;
    private final ProcessVersion from;
    private final ProcessVersion to;
    private final List<Rule> rules;
    private final Set<String> attributesRead;

    /** @param attributesRead the names of the attributes that expressions read */
    RuleRevision(String name, ProcessVersion from, ProcessVersion to, List<Rule> rules, Set<String> attributesRead) {
        this.name = name;
        this.from = from;
        this.to = to;
        this.rules = new ArrayList<>(rules);
        this.attributesRead = Set.copyOf(attributesRead);
    }

    /**
     * Reads a rules file.
     *
     * @throws IllegalArgumentException with all errors of the file, each with its line and column
     */
    public static RuleRevision parse(String yaml) {
        return RuleFile.read(yaml);
    }

    /** Returns the revisions that a batch defines by rules, beside those in its jars. */
    public static List<Revision> among(Map<String, String> options) {
        List<Revision> found = new ArrayList<>();
        options.forEach((option, text) -> {
            if (option.startsWith(OPTION)) {
                found.add(named(option.substring(OPTION.length()), text));
            }
        });
        return found;
    }

    private static RuleRevision named(String name, String text) {
        RuleRevision revision;
        try {
            revision = parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("rules '%s': %s".formatted(name, e.getMessage()), e);
        }
        if (!revision.name.equals(name)) {
            throw new IllegalArgumentException("option '%s%s' holds rules with the name '%s'; use one name for both"
                    .formatted(OPTION, name, revision.name));
        }
        return revision;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ProcessVersion from() {
        return from;
    }

    @Override
    public ProcessVersion to() {
        return to;
    }

    /** Tells whether a rule makes several results of one event. */
    public boolean splits() {
        return rules.stream().anyMatch(rule -> rule.split() != null);
    }

    /** Returns the places in the payload that rules change, as JSON Pointers. */
    public Set<String> writes() {
        Set<String> pointers = new TreeSet<>();
        for (Rule rule : rules) {
            rule.changes()
                    .names()
                    .forEach(name -> pointers.add(
                            name.startsWith("/")
                                    ? name
                                    : JsonPointer.ofSteps(List.of(name)).text()));
        }
        return pointers;
    }

    /** Returns the names of the attributes that rules read or set. They mean members of the payload without a mapping. */
    public Set<String> attributes() {
        Set<String> names = new TreeSet<>(setAttributes());
        names.addAll(removedAttributes());
        names.addAll(attributesRead);
        return names;
    }

    /** Returns the names of the attributes that rules set. */
    public Set<String> setAttributes() {
        Set<String> names = new TreeSet<>();
        for (Rule rule : rules) {
            for (String name : rule.changes().sets().keySet()) {
                if (name.startsWith(Rule.ATTRIBUTES)) {
                    names.add(name.substring(Rule.ATTRIBUTES.length()));
                }
            }
        }
        return names;
    }

    /** Returns the names of the attributes that rules remove or rename, which only members of the payload can be. */
    public Set<String> removedAttributes() {
        Set<String> names = new TreeSet<>();
        for (Rule rule : rules) {
            Stream.of(
                            rule.changes().removes().stream(),
                            rule.changes().renames().keySet().stream(),
                            rule.changes().renames().values().stream())
                    .flatMap(each -> each)
                    .filter(name -> name.startsWith(Rule.ATTRIBUTES))
                    .forEach(name -> names.add(name.substring(Rule.ATTRIBUTES.length())));
        }
        return names;
    }

    @Override
    public void revise(Event event, Results results) throws RejectedException {
        apply(0, new RuleScope(event.edit(), null), results);
    }

    private void apply(int first, RuleScope scope, Results results) throws RejectedException {
        for (int next = first; next < rules.size(); next++) {
            Rule rule = rules.get(next);
            if (!rule.applies(scope)) {
                continue;
            }
            List<JsonValue> pieces = rule.pieces(scope);
            if (!pieces.isEmpty()) {
                for (JsonValue piece : pieces) {
                    RuleScope part = new RuleScope(scope.edit().copy(), piece);
                    rule.change(part);
                    finish(rule, next, part, results);
                }
                return;
            }
            if (rule.split() != null) {
                // The list is empty, so the event is not split.
                continue;
            }
            rule.judge(scope);
            rule.change(scope);
            if (rule.end() != Rule.End.NEXT) {
                finish(rule, next, scope, results);
                return;
            }
        }
        results.emit(scope.edit());
    }

    private void finish(Rule rule, int at, RuleScope scope, Results results) throws RejectedException {
        switch (rule.end()) {
            case NEXT -> apply(at + 1, scope, results);
            case STOP -> results.emit(scope.edit());
            case DROP -> {}
        }
    }
}
