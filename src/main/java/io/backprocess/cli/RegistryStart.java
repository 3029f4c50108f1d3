package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchSpec;
import io.backprocess.envelope.Envelope;
import io.backprocess.event.EnvelopeForm;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.VersionSource;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.registry.ResultSchemas;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The part of a start that asks the schema registry: for the schema of results, and for the version that this gives them. */
final class RegistryStart {
    private final EnvelopeMapping mapping;
    private final @Nullable ResultSchemas results;
    /** True if the plan asks the user for the framing, before anything else matters. */
    private final boolean asksForFraming;
    /** The schema of results that was looked up and passed the check; null before. This and no other one is stored. */
    private ResultSchemas.@Nullable Look looked;

    private RegistryStart(EnvelopeMapping mapping, @Nullable ResultSchemas results, boolean asksForFraming) {
        this.mapping = mapping;
        this.results = results;
        this.asksForFraming = asksForFraming;
    }

    static RegistryStart of(BatchSpec spec, KafkaClients kafka) {
        return new RegistryStart(
                Envelope.mappingOf(spec),
                ResultSchemas.of(spec, kafka),
                spec.encoding() != null && spec.encoding().framing() == null);
    }

    /**
     * Looks up the schema of results, and says what the registry knows about it; empty where results have that of their source, or
     * where the framing is not chosen yet.
     *
     * @param registers whether it is to be registered if the registry does not have it
     * @param to the version that the revisions make
     * @throws BatchException usage, when the registry does not have the schema, or it gives results another version
     */
    Optional<String> look(boolean registers, ProcessVersion to) {
        if (asksForFraming) {
            return Optional.empty();
        }
        if (results == null) {
            check(null, to);
            return Optional.empty();
        }
        ResultSchemas.Look look = results.look(registers);
        check(look, to);
        looked = look;
        return Optional.of(results.inWords(look));
    }

    /** Returns why the registry would not take the schema that was looked up; nothing before that. A start asks it to take it. */
    List<String> problems() {
        return results != null
                        && looked instanceof ResultSchemas.Unregistered draft
                        && !draft.objections().isEmpty()
                ? List.of("--result-schema: " + results.inWords(draft))
                : List.of();
    }

    private void check(ResultSchemas.@Nullable Look look, ProcessVersion to) {
        for (EnvelopeForm form : mapping.forms()) {
            if (form.refusal() == null && form.processVersion().isOfSchema()) {
                check(form.processVersion(), look, to);
            }
        }
    }

    private void check(VersionSource source, ResultSchemas.@Nullable Look look, ProcessVersion to) {
        String subject = source.from().text();
        String needed =
                "'%s' takes versions from the schemas of '%s', so results need a schema whose version there means %s"
                        .formatted(mapping.name(), subject, to);
        if (results == null || look == null) {
            throw BatchException.usage("--envelope %s; add --result-schema %s:VERSION".formatted(needed, subject));
        }
        if (!results.subject().equals(subject)) {
            throw BatchException.usage(
                    "--envelope %s; --result-schema is one of '%s'".formatted(needed, results.subject()));
        }
        ProcessVersion version = source.version(Integer.toString(look.version()));
        if (version == null || !to.equals(version)) {
            throw BatchException.usage("--envelope %s, and version %d of --result-schema means %s"
                    .formatted(needed, look.version(), version == null ? "none" : version));
        }
    }

    /**
     * Registers the schema of results, if it was looked up and the registry does not have it.
     *
     * @throws BatchException refused, when the registry does not take it; usage, when its version is not the one that it said
     */
    void register(ProcessVersion to) {
        if (results != null && looked instanceof ResultSchemas.Unregistered draft) {
            ResultSchemas.Registered registered = results.register(draft);
            check(registered, to);
            looked = registered;
        }
    }

    /** Stores the schema of results with the batch, unless it is stored. The registry is asked if it was not looked up before. */
    void store() {
        if (results != null) {
            results.store(
                    looked instanceof ResultSchemas.Registered registered ? registered : null,
                    mapping.versionSubjects());
        }
    }
}
