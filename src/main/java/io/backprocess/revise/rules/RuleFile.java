package io.backprocess.revise.rules;

import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import io.backprocess.yaml.YamlDocument;
import io.backprocess.yaml.YamlMap;
import io.backprocess.yaml.YamlValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A rules file: YAML 1.2.
 *
 * <pre>
 * name: purchase-split
 * from: 1
 * to: 2
 * rules:
 *   - when: payload.amount &lt; 0
 *     reject: "Invalid amount: ${payload.amount}"
 *   - when: payload.itemSku.startsWith("SUB_PREMIUM")
 *     set: { actionType: SubscriptionAPurchased }
 * </pre>
 *
 * All errors of the file are reported at once.
 */
final class RuleFile {
    /** The keys for the actions of a rule. A rule must have at least one of them. */
    private static final List<String> ACTIONS = List.of("set", "rename", "remove", "split", "reject", "drop", "stop");

    private static final List<Reason> REASONS = List.of(Reason.REJECTED, Reason.MISSING_CONTEXT, Reason.INVALID_FIELD);

    /** Tells whether a rule so far has split the event. */
    private boolean item;

    /** The names of the attributes that expressions read. */
    private final Set<String> attributes = new TreeSet<>();

    private RuleFile() {}

    /**
     * Reads a rules file.
     *
     * @throws IllegalArgumentException with all errors of the file, each with its line and column
     */
    static RuleRevision read(String yaml) {
        YamlDocument document = new YamlDocument(null, yaml);
        RuleRevision revision = new RuleFile().revision(document.root());
        document.throwProblems();
        return Objects.requireNonNull(revision);
    }

    private @Nullable RuleRevision revision(YamlMap file) {
        file.require("name");
        String name = file.text("name");
        if (name != null && !name.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            file.problem(
                    "name", "'%s' is not a valid name: use lower-case letters, digits and hyphens".formatted(name));
        }
        ProcessVersion from = version(file, "from");
        ProcessVersion to = version(file, "to");
        file.require("rules");
        List<Rule> rules = new ArrayList<>();
        for (YamlValue each : file.list("rules")) {
            rules.add(rule(each));
        }
        file.finish();
        return name == null || from == null || to == null ? null : new RuleRevision(name, from, to, rules, attributes);
    }

    private RuleTemplates.Compiled scope() {
        return new RuleTemplates.Compiled(item, attributes);
    }

    private static @Nullable ProcessVersion version(YamlMap file, String key) {
        file.require(key);
        String number = file.text(key);
        try {
            return number == null ? null : ProcessVersion.of(number);
        } catch (IllegalArgumentException e) {
            file.problem(key, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private Rule rule(YamlValue value) {
        YamlMap rule = value.map();
        Expression when = RuleTemplates.expression(rule.get("when"), SimpleType.BOOL, scope());
        Expression split = RuleTemplates.expression(rule.get("split"), ListType.create(SimpleType.DYN), scope());
        item |= rule.has("split");
        Map<String, Template> sets = named(rule.map("set"), each -> RuleTemplates.template(each, scope()));
        Map<String, String> renames = named(rule.map("rename"), YamlValue::text);
        List<String> removes = rule.list("remove").stream()
                .map(YamlValue::text)
                .filter(Objects::nonNull)
                .toList();
        YamlValue reject = rule.get("reject");
        renames.forEach((name, other) -> {
            if (name.startsWith("/") || other.startsWith("/")) {
                rule.problem("rename", "rename takes names of the payload's members, not pointers");
            }
        });
        if (value.isMap()) {
            checkDeeds(rule);
        }
        checkNames(rule, sets.keySet(), renames, removes);
        Template words = reject == null ? null : RuleTemplates.words(reject, scope());
        Reason reason = reason(rule);
        Rule read = new Rule(
                new RulePlace(value.place().line()),
                when,
                split,
                new Rule.FieldChanges(renames, removes, sets),
                words == null ? null : new Rule.Rejection(words, reason),
                rule.isTrue("drop") ? Rule.End.DROP : rule.isTrue("stop") ? Rule.End.STOP : Rule.End.NEXT);
        rule.finish();
        return read;
    }

    private static <T> Map<String, T> named(YamlMap map, Function<YamlValue, @Nullable T> value) {
        Map<String, T> named = new LinkedHashMap<>();
        map.all().forEach((name, each) -> {
            T read = value.apply(each);
            if (read != null) {
                named.put(name, read);
            }
        });
        return named;
    }

    private static Reason reason(YamlMap rule) {
        YamlValue value = rule.get("reason");
        if (value == null) {
            return Reason.REJECTED;
        }
        if (!rule.has("reject")) {
            value.problem("'reason' has no effect without 'reject': add 'reject' or remove 'reason'");
        }
        return Objects.requireNonNullElse(value.oneOf(REASONS), Reason.REJECTED);
    }

    private static void checkDeeds(YamlMap rule) {
        List<String> actions = ACTIONS.stream().filter(rule::has).toList();
        if (actions.isEmpty()) {
            rule.problem("the rule has no action: give one of " + YamlValue.listed(ACTIONS));
        }
        if (rule.has("reject") && actions.size() > 1) {
            rule.problem("a rule with 'reject' cannot have another action: remove one of them");
        }
        if (rule.isTrue("drop") && rule.isTrue("stop")) {
            rule.problem("stop keeps the event and drop does not: give one of them");
        }
    }

    private static void checkNames(YamlMap rule, Set<String> sets, Map<String, String> renames, List<String> removes) {
        List<String> touched = new ArrayList<>(sets);
        touched.addAll(renames.keySet());
        touched.addAll(renames.values());
        touched.addAll(removes);
        Set<String> once = new HashSet<>();
        for (String name : touched) {
            if (!once.add(name)) {
                rule.problem("'%s' is changed twice in one rule: make two rules of it".formatted(name));
            }
        }
    }
}
