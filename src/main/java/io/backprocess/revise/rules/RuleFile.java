package io.backprocess.revise.rules;

import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

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
    private static final Set<String> FILE_KEYS = Set.of("name", "from", "to", "rules");
    private static final Set<String> RULE_KEYS =
            Set.of("when", "split", "set", "rename", "remove", "reject", "reason", "drop", "stop");
    /** The keys for the actions of a rule. A rule must have at least one of them. */
    private static final Set<String> DEEDS = Set.of("set", "rename", "remove", "split", "reject", "drop", "stop");

    private static final Set<Reason> REASONS = Set.of(Reason.REJECTED, Reason.MISSING_CONTEXT, Reason.INVALID_FIELD);

    private final RuleText text;
    private final RuleTemplates templates;
    /** Tells whether a rule so far has split the event. */
    private boolean item;

    private RuleFile(RuleText text) {
        this.text = text;
        this.templates = new RuleTemplates(text);
    }

    /**
     * Reads a rules file.
     *
     * @throws IllegalArgumentException with all errors of the file, each with its line and column
     */
    static RuleRevision read(String yaml) {
        RuleText text = new RuleText(yaml);
        RuleRevision revision = new RuleFile(text).revision(text.root());
        text.throwProblems();
        return Objects.requireNonNull(revision);
    }

    private @Nullable RuleRevision revision(@Nullable Node root) {
        Map<String, Node> members = text.members(root, FILE_KEYS);
        String name = null;
        if (text.required(root, members, "name")) {
            name = text.scalar(members.get("name"));
            if (name != null && !name.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
                text.problem(
                        members.get("name"),
                        "'%s' is not a valid name: use lower-case letters, digits and hyphens".formatted(name));
            }
        }
        ProcessVersion from = version(root, members, "from");
        ProcessVersion to = version(root, members, "to");
        List<Rule> rules = new ArrayList<>();
        if (text.required(root, members, "rules")) {
            for (Node each : text.elements(members.get("rules"))) {
                rules.add(rule(each));
            }
        }
        return name == null || from == null || to == null ? null : new RuleRevision(name, from, to, rules);
    }

    private @Nullable ProcessVersion version(@Nullable Node root, Map<String, Node> members, String key) {
        String number = text.required(root, members, key) ? text.scalar(members.get(key)) : null;
        try {
            return number == null ? null : ProcessVersion.of(number);
        } catch (IllegalArgumentException e) {
            text.problem(members.get(key), String.valueOf(e.getMessage()));
            return null;
        }
    }

    private Rule rule(Node node) {
        Map<String, Node> members = text.members(node, RULE_KEYS);
        Expression when = text.expression(members.get("when"), SimpleType.BOOL, item);
        Expression split = text.expression(members.get("split"), ListType.create(SimpleType.DYN), item);
        item |= members.containsKey("split");
        Map<String, Template> sets = named(members.get("set"), value -> templates.template(value, item));
        Map<String, String> renames = named(members.get("rename"), text::scalar);
        List<String> removes = new ArrayList<>();
        for (Node each : text.elements(members.get("remove"))) {
            String name = text.scalar(each);
            if (name != null) {
                removes.add(name);
            }
        }
        Template reject = members.containsKey("reject") ? templates.words(members.get("reject"), item) : null;
        for (String name : renames.keySet()) {
            if (name.startsWith("/") || String.valueOf(renames.get(name)).startsWith("/")) {
                text.problem(members.get("rename"), "rename takes names of the payload's members, not pointers");
            }
        }
        checkDeeds(node, members);
        checkNames(node, sets.keySet(), renames, removes);
        Reason reason = reason(members);
        return new Rule(
                text.place(node),
                when,
                split,
                new Rule.Changes(renames, removes, sets),
                reject == null ? null : new Rule.Rejection(reject, reason),
                text.isTrue(members.get("drop"))
                        ? Rule.End.DROP
                        : text.isTrue(members.get("stop")) ? Rule.End.STOP : Rule.End.NEXT);
    }

    private <T> Map<String, T> named(@Nullable Node node, Function<Node, @Nullable T> value) {
        Map<String, T> named = new LinkedHashMap<>();
        text.members(node, null).forEach((name, each) -> {
            T read = value.apply(each);
            if (read != null) {
                named.put(name, read);
            }
        });
        return named;
    }

    private Reason reason(Map<String, Node> members) {
        String word = text.scalar(members.get("reason"));
        if (word == null) {
            return Reason.REJECTED;
        }
        if (!members.containsKey("reject")) {
            text.problem(
                    members.get("reason"), "'reason' has no effect without 'reject': add 'reject' or remove 'reason'");
        }
        for (Reason reason : REASONS) {
            if (reason.toString().equals(word)) {
                return reason;
            }
        }
        text.problem(
                members.get("reason"),
                "'%s' is not a reason: use rejected, missing-context or invalid-field".formatted(word));
        return Reason.REJECTED;
    }

    private void checkDeeds(Node node, Map<String, Node> members) {
        if (node instanceof MappingNode && DEEDS.stream().noneMatch(members::containsKey)) {
            text.problem(node, "the rule has no action: give one of set, rename, remove, split, reject, drop, stop");
        }
        boolean rejects = members.containsKey("reject");
        if (rejects && (DEEDS.stream().filter(members::containsKey).count() > 1)) {
            text.problem(node, "a rule with 'reject' cannot have another action: remove one of them");
        }
        if (text.isTrue(members.get("drop")) && text.isTrue(members.get("stop"))) {
            text.problem(node, "stop keeps the event and drop does not: give one of them");
        }
    }

    private void checkNames(Node node, Set<String> sets, Map<String, String> renames, List<String> removes) {
        List<String> touched = new ArrayList<>(sets);
        touched.addAll(renames.keySet());
        touched.addAll(renames.values());
        touched.addAll(removes);
        Set<String> once = new HashSet<>();
        for (String name : touched) {
            if (!once.add(name)) {
                text.problem(node, "'%s' is changed twice in one rule: make two rules of it".formatted(name));
            }
        }
    }
}
