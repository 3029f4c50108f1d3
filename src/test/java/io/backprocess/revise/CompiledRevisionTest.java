package io.backprocess.revise;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.revise.testkit.Revised;
import io.backprocess.revise.testkit.RevisionTester;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.ServiceLoader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Revisions that were compiled against an earlier version still run. Together they call every method that a revision can call:
 * {@code every-call} those of the first version, {@code attribute-calls} those that came with other envelopes. Their sources are
 * beside the jars, which are never compiled again.
 */
@SuppressWarnings("NullAway.Init")
class CompiledRevisionTest {
    private static final String DIRECTORY = "src/test/resources/revisions/0.1.0/";

    private static URLClassLoader jars;

    @BeforeAll
    static void load() {
        jars = new URLClassLoader(
                new URL[] {url("every-call"), url("attribute-calls")}, CompiledRevisionTest.class.getClassLoader());
    }

    private static URL url(String name) {
        return Objects.requireNonNull(CompiledRevisionTest.class.getResource("/revisions/0.1.0/" + name + ".jar"));
    }

    @AfterAll
    static void close() throws Exception {
        jars.close();
    }

    private static Revised given(String payload) {
        return RevisionTester.of(() -> revision("every-call"))
                .withOption("unit", "cent")
                .givenPayload(payload);
    }

    private static Revised givenMapped(String value) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("id", "17".getBytes(UTF_8)).add("tenant", "\"acme\"".getBytes(UTF_8));
        return RevisionTester.of(() -> revision("attribute-calls"))
                .withEnvelope(DIRECTORY + "attribute-calls.yaml")
                .given(new SourceRecord(3, 7, 1000, "key".getBytes(UTF_8), value.getBytes(UTF_8), headers));
    }

    private static Revision revision(String name) {
        return ServiceLoader.load(Revision.class, jars).stream()
                .filter(provider -> provider.type().getClassLoader() == jars)
                .map(ServiceLoader.Provider::get)
                .filter(revision -> revision.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void makesWhatItMadeThen() throws Exception {
        String payload = """
                {"text":"x","number":1.50,"bool":true,"at":"2025-11-15T09:30:00Z","old":1,"gone":2,"deep":{},"nested":{"list":\
                [-1,null,"caf\\u00e9",false,{"a":1e2},[1,2],"2025-11-15T09:30:00+01:00"]}}""";

        assertThat(given(payload).results())
                .isEqualTo(Files.readAllLines(Path.of(DIRECTORY + "every-call.results.txt")));
    }

    @Test
    void saysNoAsItDidThen() {
        given("{\"rejected\":1}").isRejected("rejected: rejected1");
        given("{\"contextless\":1}").isDead(Reason.MISSING_CONTEXT, "contextless");
        given("{\"unaskable\":1}").isDead(Reason.INVALID_FIELD, "cannot be asked about");
        given("{\"transient\":1}").isDead(Reason.RETRIES_EXHAUSTED, "transient");
    }

    @Test
    void readsAndSetsAttributesAsItDidThen() throws Exception {
        Revised revised = givenMapped("""
                {"source":"shop","v":"v1","meta":{"at":1735689600250,"trace":"t-1"},"type":"Purch\\u0061sed","number":7.50,\
                "data":{"n":1.50}}""");

        assertThat(revised.results()).isEqualTo(Files.readAllLines(Path.of(DIRECTORY + "attribute-calls.results.txt")));
        assertThat(revised.headers())
                .extracting(headers -> headers.get("tenant"))
                .containsExactly("acme", "tenänt", "tenänt");
    }

    @Test
    void refusesAttributesAsItDidThen() {
        String event = "{\"source\":1,\"v\":1,\"meta\":{},\"data\":{},\"type\":%s}";
        givenMapped(event.formatted("null")).isDead(Reason.MISSING_CONTEXT, "no type");
        givenMapped(event.formatted("\"unknown\"")).isRejected("refused: unknown");
        givenMapped(event.formatted("\"read-only\"")).isRejected("refused: read-only");
    }
}
