package io.backprocess.revise;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.Reason;
import io.backprocess.revise.testkit.Revised;
import io.backprocess.revise.testkit.RevisionTester;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A revision that was compiled against an earlier version still runs. It calls every method that a revision can call; its source is
 * beside the jar, which is never compiled again.
 */
@SuppressWarnings("NullAway.Init")
class CompiledRevisionTest {
    private static URLClassLoader jar;

    @BeforeAll
    static void load() {
        URL url = Objects.requireNonNull(CompiledRevisionTest.class.getResource("/revisions/0.1.0/every-call.jar"));
        jar = new URLClassLoader(new URL[] {url}, CompiledRevisionTest.class.getClassLoader());
    }

    @AfterAll
    static void close() throws Exception {
        jar.close();
    }

    private static Revised given(String payload) {
        return RevisionTester.of(CompiledRevisionTest::revision)
                .withOption("unit", "cent")
                .givenPayload(payload);
    }

    private static Revision revision() {
        return ServiceLoader.load(Revision.class, jar).stream()
                .filter(provider -> provider.type().getClassLoader() == jar)
                .findFirst()
                .orElseThrow()
                .get();
    }

    @Test
    void makesWhatItMadeThen() throws Exception {
        String payload = """
                {"text":"x","number":1.50,"bool":true,"at":"2025-11-15T09:30:00Z","old":1,"gone":2,"deep":{},"nested":{"list":\
                [-1,null,"caf\\u00e9",false,{"a":1e2},[1,2],"2025-11-15T09:30:00+01:00"]}}""";

        assertThat(given(payload).results())
                .isEqualTo(Files.readAllLines(Path.of("src/test/resources/revisions/0.1.0/every-call.results.txt")));
    }

    @Test
    void saysNoAsItDidThen() {
        given("{\"rejected\":1}").isRejected("rejected: rejected1");
        given("{\"contextless\":1}").isDead(Reason.MISSING_CONTEXT, "contextless");
        given("{\"unaskable\":1}").isDead(Reason.INVALID_FIELD, "cannot be asked about");
        given("{\"transient\":1}").isDead(Reason.RETRIES_EXHAUSTED, "transient");
    }
}
