package io.backprocess.revise.operator;

import io.backprocess.event.BatchLabel;
import io.backprocess.event.Edit;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.EventReader;
import io.backprocess.event.JsonValue;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Result;
import io.backprocess.event.UnreadableException;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonText;
import io.backprocess.revise.AsyncRevision;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.Results;
import io.backprocess.revise.Revision;
import io.backprocess.revise.TooMuchException;
import io.backprocess.revise.rules.RuleRevision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The revisions of a batch, applied one after the other: version 1 → 2 → 3 in one pass. */
public final class RevisionChain {
    /** The most results of one event. More than these come from a revision that loops, and would fill the whole heap. */
    static final int MAX_RESULTS = 100_000;

    static final long MAX_BYTES = 64L << 20;

    private final List<Revision> revisions;
    private final BatchLabel batch;
    /** The version of each revision's results. It is read once, since a revision may parse it on each call. */
    private final List<ProcessVersion> versions;

    private final EventReader reader;
    /** The size of the current event's results so far, in bytes. */
    private long bytes;

    private RevisionChain(List<Revision> revisions, String batchId, EnvelopeMapping mapping) {
        this.revisions = revisions;
        this.batch = new BatchLabel(batchId);
        this.reader = new EventReader(mapping);
        this.versions = revisions.stream().map(Revision::to).toList();
    }

    /**
     * Finds the revisions by name and checks that each takes the version that the one before it makes. Revisions that are rules
     * are read from the options, see {@link RuleRevision}.
     *
     * @param batchId the batch id that results carry
     * @param mapping where records keep the parts of an envelope
     * @throws IllegalArgumentException when a name or an option is unknown, the versions do not meet, or the mapping has no place
     *     for what the revisions write; the message goes to the user
     */
    public static RevisionChain load(
            List<String> names,
            Map<String, String> options,
            ProcessVersion from,
            String batchId,
            EnvelopeMapping mapping,
            ClassLoader classes) {
        Map<String, String> own = new TreeMap<>(options);
        own.keySet().removeIf(option -> option.startsWith(RuleRevision.OPTION));
        return of(find(names, RuleRevision.among(options), classes), own, from, batchId, mapping);
    }

    /**
     * Makes a chain of revisions that are already loaded.
     *
     * @throws IllegalArgumentException under the conditions of {@link #load}
     */
    public static RevisionChain of(
            List<? extends Revision> revisions,
            Map<String, String> options,
            ProcessVersion from,
            String batchId,
            EnvelopeMapping mapping) {
        List<Revision> chain = List.copyOf(revisions);
        checkVersions(chain, from);
        configure(chain, options);
        EnvelopeFit.check(chain, mapping);
        return new RevisionChain(chain, batchId, mapping);
    }

    /**
     * Returns new instances of the revisions with these names.
     *
     * @throws IllegalArgumentException when a name has no revision, or has two
     */
    public static List<Revision> find(List<String> names, ClassLoader classes) {
        return find(names, List.of(), classes);
    }

    /**
     * Returns the classes of the revisions with these names, by name. Rules have no class and are left out.
     *
     * @throws IllegalArgumentException under the conditions of {@link #load}
     */
    public static Map<String, Class<?>> classes(List<String> names, Map<String, String> options, ClassLoader classes) {
        Map<String, Class<?>> found = new TreeMap<>();
        for (Revision revision : find(names, RuleRevision.among(options), classes)) {
            if (!(revision instanceof RuleRevision)) {
                found.put(revision.name(), revision.getClass());
            }
        }
        return found;
    }

    private static List<Revision> find(List<String> names, List<Revision> rules, ClassLoader classes) {
        List<Revision> all = new ArrayList<>(rules);
        ServiceLoader.load(Revision.class, classes).forEach(all::add);
        Map<String, Revision> found = new TreeMap<>();
        for (Revision revision : all) {
            if (found.put(revision.name(), revision) != null) {
                throw new IllegalArgumentException("two revisions are called '" + revision.name() + "'; rename one");
            }
        }
        List<Revision> chain = new ArrayList<>();
        for (String name : names) {
            Revision revision = found.get(name);
            if (revision == null) {
                throw new IllegalArgumentException("no revision is called '%s'; the revisions are: %s"
                        .formatted(name, String.join(", ", found.keySet())));
            }
            chain.add(revision);
        }
        return chain;
    }

    private static void checkVersions(List<Revision> chain, ProcessVersion from) {
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("no revision is given; name one with --revision");
        }
        Map<ProcessVersion, Revision> takers = new LinkedHashMap<>();
        ProcessVersion version = from;
        for (Revision revision : chain) {
            if (!revision.from().equals(version)) {
                Revision other = takers.get(revision.from());
                throw new IllegalArgumentException(
                        "revision '%s' takes version %s, but gets version %s%s; the chain is %s"
                                .formatted(
                                        revision.name(),
                                        revision.from(),
                                        version,
                                        other == null
                                                ? ""
                                                : ": '" + other.name() + "' has taken " + revision.from() + " already",
                                        describe(chain)));
            }
            if (revision instanceof AsyncRevision && !takers.isEmpty()) {
                throw new IllegalArgumentException(
                        "revision '%s' asks a service, so it must come first; the chain is %s"
                                .formatted(revision.name(), describe(chain)));
            }
            takers.put(version, revision);
            version = revision.to();
            if (takers.containsKey(version)) {
                throw new IllegalArgumentException(
                        "revision '%s' goes back to version %s, where the chain has been before; the chain is %s"
                                .formatted(revision.name(), version, describe(chain)));
            }
        }
    }

    private static String describe(List<Revision> chain) {
        return chain.stream()
                .map(revision -> "%s (%s → %s)".formatted(revision.name(), revision.from(), revision.to()))
                .collect(Collectors.joining(", "));
    }

    private static void configure(List<Revision> chain, Map<String, String> options) {
        for (String option : options.keySet()) {
            if (chain.stream().noneMatch(revision -> revision.options().contains(option))) {
                throw new IllegalArgumentException("no revision has an option '%s'; the options are: %s"
                        .formatted(
                                option,
                                chain.stream()
                                        .flatMap(revision ->
                                                revision.options().stream().sorted())
                                        .collect(Collectors.joining(", "))));
            }
        }
        for (Revision revision : chain) {
            Map<String, String> own = new LinkedHashMap<>(options);
            own.keySet().retainAll(revision.options());
            revision.configure(own);
        }
    }

    /** Returns the version of the results. */
    public ProcessVersion to() {
        return revisions.get(revisions.size() - 1).to();
    }

    /** Returns the first revision, if it asks a service. */
    public Optional<AsyncRevision> asking() {
        return revisions.get(0) instanceof AsyncRevision asking ? Optional.of(asking) : Optional.empty();
    }

    /**
     * Returns the results that the whole chain makes from an event.
     *
     * @throws Exception any exception that a revision throws
     */
    public List<Result> revise(Event event) throws Exception {
        bytes = 0;
        return revise(event, event, null, 0);
    }

    /** Returns the results for a chain that begins with a revision that asks, when the answer is known. */
    List<Result> revise(Event event, JsonValue answer) throws Exception {
        bytes = 0;
        return revise(event, event, answer, 0);
    }

    private List<Result> revise(Event source, Event event, @Nullable JsonValue answer, int link) throws Exception {
        Revision revision = revisions.get(link);
        List<Edit> edits = new ArrayList<>(1);
        Results results = edit -> {
            if (edits.size() == MAX_RESULTS) {
                throw new IllegalStateException(
                        String.format(Locale.ROOT, "more than %,d results of one event", MAX_RESULTS));
            }
            edits.add(edit);
        };
        if (answer != null && revision instanceof AsyncRevision asking) {
            asking.revise(event, answer, results);
        } else {
            revision.revise(event, results);
        }
        boolean last = link == revisions.size() - 1;
        List<Result> made = new ArrayList<>(edits.size());
        for (int index = 0; index < edits.size(); index++) {
            String derived = edits.size() == 1 ? null : derivedEventId(event.eventId(), revision.name(), index);
            Result result = stamp(edits.get(index), source, link, derived);
            bytes += result.envelope().length;
            if (bytes > MAX_BYTES) {
                throw new TooMuchException("more than 64 MiB of results of one event");
            }
            if (last) {
                made.add(encoded(result));
            } else {
                made.addAll(revise(source, reread(result), null, link + 1));
            }
        }
        return made;
    }

    private Result stamp(Edit edit, Event source, int link, @Nullable String eventId) throws RejectedException {
        try {
            return edit.apply(source, batch, versions.get(link), eventId);
        } catch (IllegalArgumentException e) {
            throw RejectedException.invalidField(String.valueOf(e.getMessage()));
        }
    }

    private static Result encoded(Result result) throws RejectedException {
        try {
            return result.encoded();
        } catch (UnfitException e) {
            throw RejectedException.invalidField(String.valueOf(e.getMessage()));
        }
    }

    private Event reread(Result result) {
        try {
            return reader.read(result);
        } catch (UnreadableException e) {
            throw new IllegalStateException("a revision made what is no envelope: " + e.getMessage(), e);
        }
    }

    /**
     * Returns the eventId of one of several results. It is a name-based UUID, so that the same event gives the same eventIds at
     * every attempt.
     */
    private static String derivedEventId(String eventId, String revision, int index) {
        return UUID.nameUUIDFromBytes(JsonText.encode(revision + "/" + index + "/" + eventId))
                .toString();
    }
}
