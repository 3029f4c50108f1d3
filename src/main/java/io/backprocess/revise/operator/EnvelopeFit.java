package io.backprocess.revise.operator;

import io.backprocess.event.EnvelopeForm;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Place;
import io.backprocess.revise.Revision;
import io.backprocess.revise.rules.RuleRevision;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks that the results of a chain of revisions have a place for everything that they say. */
final class EnvelopeFit {
    private final EnvelopeMapping mapping;
    /** The forms of one mapping often have the same problem, which is reported once. */
    private final Set<String> problems = new LinkedHashSet<>();

    private EnvelopeFit(EnvelopeMapping mapping) {
        this.mapping = mapping;
    }

    /** @throws IllegalArgumentException with all problems, one line each */
    static void check(List<Revision> chain, EnvelopeMapping mapping) {
        EnvelopeFit fit = new EnvelopeFit(mapping);
        for (EnvelopeForm form : mapping.forms()) {
            chain.forEach(revision -> fit.checkVersion(form, revision));
            for (Revision revision : chain) {
                if (revision instanceof RuleRevision rules) {
                    fit.check(form, rules);
                }
            }
        }
        for (Revision revision : chain) {
            if (revision instanceof RuleRevision rules) {
                fit.checkAttributes(rules);
            }
        }
        if (!fit.problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", fit.problems));
        }
    }

    /** @param place the place that the problem is about; null for none */
    private void problem(@Nullable Place place, String message) {
        problems.add("--envelope '%s': %s%s".formatted(mapping.name(), mapping.at(place), message));
    }

    private void checkVersion(EnvelopeForm form, Revision revision) {
        if (form.processVersion().isOfSchema()) {
            return;
        }
        try {
            form.processVersion().text(revision.to());
        } catch (IllegalArgumentException e) {
            problem(form.processVersion().from(), String.valueOf(e.getMessage()));
        }
    }

    private void check(EnvelopeForm form, RuleRevision rules) {
        if (rules.splits() && form.stamp().eventId() == null) {
            problem(
                    form.eventId().get(0),
                    "rules '%s' split events, and the results have no place for an id: add 'eventId' under 'stamp'"
                            .formatted(rules.name()));
        }
        // A result keeps the id of its event, wherever a result of a split has its own.
        List<Place> stamps = new ArrayList<>(form.eventId());
        stamps.add(form.stamp().processVersion());
        stamps.add(form.stamp().batch());
        if (form.stamp().eventId() != null && !stamps.contains(form.stamp().eventId())) {
            stamps.add(form.stamp().eventId());
        }
        for (Place stamp : stamps) {
            String pointer = inPayload(form, stamp);
            if (pointer != null) {
                rules.writes().stream()
                        .filter(written -> written.equals(pointer)
                                || pointer.startsWith(written + "/")
                                || written.startsWith(pointer + "/"))
                        .forEach(written -> problem(
                                stamp,
                                "rules '%s' change %s, where a result says what it is (%s)"
                                        .formatted(rules.name(), written, stamp)));
            }
        }
    }

    /** Returns the place as a pointer into the payload; null where it is outside of it. */
    private static @Nullable String inPayload(EnvelopeForm form, @Nullable Place place) {
        if (place == null || place.kind() != Place.Kind.POINTER) {
            return null;
        }
        String payload = form.payload().text();
        return place.text().startsWith(payload + "/") ? place.text().substring(payload.length()) : null;
    }

    private void checkAttributes(RuleRevision rules) {
        // With the own envelope such names mean members of the payload, as in rules of earlier versions.
        for (String name : mapping.isOwn() ? Set.<String>of() : rules.attributes()) {
            if (!mapping.attributes().contains(name)) {
                problem(
                        null,
                        "rules '%s' name attribute '%s'; the attributes are: %s"
                                .formatted(
                                        rules.name(),
                                        name,
                                        mapping.attributes().isEmpty()
                                                ? "none"
                                                : String.join(", ", mapping.attributes())));
            } else if (rules.removedAttributes().contains(name)) {
                problem(
                        null,
                        "rules '%s' remove or rename attribute '%s', which can only be set"
                                .formatted(rules.name(), name));
            } else if (rules.setAttributes().contains(name)
                    && !mapping.written().contains(name)) {
                problem(null, "rules '%s' set attribute '%s': name it under 'write'".formatted(rules.name(), name));
            }
        }
    }
}
