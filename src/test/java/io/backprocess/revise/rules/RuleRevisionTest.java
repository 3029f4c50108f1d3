package io.backprocess.revise.rules;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.operator.RevisionChain;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What rules do with an event. */
class RuleRevisionTest {
    private static final ProcessVersion ONE = ProcessVersion.of("1");

    @Test
    void changesWhatItNamesAndKeepsTheBytesOfAllElse() throws Exception {
        String rules = "[{when: 'payload.kind == \"a\"', set: {kind: b, more: '${payload.n}'}, remove: [gone]}]";

        List<String> results =
                revise(rules, "{ \"x\" :\"caf\\u00e9\", \"kind\":\"a\", \"n\": 99.990, \"gone\":1, \"big\":1e400 }");

        assertThat(results)
                .containsExactly(result(
                        "e-1",
                        "{ \"x\" :\"caf\\u00e9\", \"kind\":\"b\", \"n\": 99.990, \"big\":1e400,\"more\":99.990 }"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "${payload.a}                          | \"caf\\u00e9\"",
                "${payload.n}                          | 99.990",
                "${payload.n * 100}                    | 9999.000",
                "${payload.n + 1}                      | 100.990",
                "${1 - payload.n}                      | -98.990",
                "${payload.two / 3}                    | 0.6666666666666666666666666666666667",
                "${-payload.n}                         | -99.990",
                "${19.99 * payload.two}                | 39.98",
                "${payload.two % 2 == 0}               | true",
                "${payload.two == 2}                   | true",
                "${2.0 == payload.two}                 | true",
                "${payload.two in [1, 2]}              | true",
                "${payload.n > 99 && payload.n < 100}  | true",
                "${payload.huge > 5}                   | true",
                "${payload.huge > 0}                   | true",
                "${payload.tooHuge < 0}                | false",
                "${payload.o}                          | { \"x\" : [1.0, 2] }",
                "${payload.o.x[1]}                     | 2",
                "${payload.o.x.map(i, i * 2)}          | [2.0,4]",
                "${payload.o == {'x': [1, 2.0]}}       | true",
                "${{'k': payload.n, 'l': [payload.a]}} | {\"k\":99.990,\"l\":[\"café\"]}",
                "${payload.nothing}                    | null",
                "${payload.nothing == null}            | true",
                "${has(payload.nope)}                  | false",
                "${size(payload.o.x)}                  | 2",
                "${string(payload.n) + '!'}            | \"99.990!\"",
                "${int(payload.n)}                     | 99",
                "${json(payload.o)}                    | \"{ \\\"x\\\" : [1.0, 2] }\"",
                "${event.eventId}                      | \"e-1\"",
                "${event.payload.n}                    | 99.990",
                "${payload.a.upperAscii()}             | \"CAFé\"",
                "${payload.a.matches('^caf.$')}        | true",
                "a ${payload.n} b ${payload.a}$${      | \"a 99.990 b café${\"",
                "plain                                 | \"plain\"",
            })
    void givesTheValueOf(String template, String json) throws Exception {
        String rules = "[{set: {out: \"" + template.replace("\"", "\\\"") + "\"}}]";
        String payload = "{\"a\":\"caf\\u00e9\",\"n\":99.990,\"two\":2,\"huge\":1e1000000000,\"tooHuge\":1e99999999999,"
                + "\"o\":{ \"x\" : [1.0, 2] },\"nothing\":null}";

        List<String> results = revise(rules, payload);

        assertThat(results.get(0)).contains("\"out\":" + json + "}");
    }

    @Test
    void takesJsonAsYamlWritesIt() throws Exception {
        String rules =
                "\n  - set:\n      a: 1.50\n      b: null\n      c: true\n      d: '1'\n      e: {x: [1, '${payload.n}'], y: '${payload.?no}'}\n";

        List<String> results = revise(rules, "{\"n\":7.0}");

        assertThat(results)
                .containsExactly(result(
                        "e-1", "{\"n\":7.0,\"a\":1.50,\"b\":null,\"c\":true,\"d\":\"1\",\"e\":{\"x\":[1,7.0]}}"));
    }

    @Test
    void renamesInPlace() throws Exception {
        List<String> results = revise("[{rename: {b: z, nope: x}}]", "{\"a\":1, \"b\" : 2.0,\"c\":3}");

        assertThat(results).containsExactly(result("e-1", "{\"a\":1, \"z\" : 2.0,\"c\":3}"));
    }

    @Test
    void reachesInsideByPointer() throws Exception {
        List<String> results = revise("[{set: {/o/x: 2}, remove: [/o/y]}]", "{\"o\":{\"x\":1,\"y\":1}}");

        assertThat(results).containsExactly(result("e-1", "{\"o\":{\"x\":2}}"));
    }

    @Test
    void seesWhatTheRulesBeforeHaveChanged() throws Exception {
        String rules = "[{set: {a: two}}, {when: 'payload.a == \"two\" && !has(payload.b)', set: {b: '${payload.a}'}},"
                + "{when: \"'b' in payload && size(payload) == 2\", set: {c: 3}}]";

        assertThat(revise(rules, "{\"a\":\"one\"}"))
                .containsExactly(result("e-1", "{\"a\":\"two\",\"b\":\"two\",\"c\":3}"));
    }

    @Test
    void takesAllValuesFromBeforeTheRule() throws Exception {
        assertThat(revise("[{set: {a: '${payload.b}', b: '${payload.a}'}}]", "{\"a\":1,\"b\":2}"))
                .containsExactly(result("e-1", "{\"a\":2,\"b\":1}"));
    }

    @Test
    void removesAMemberWhoseOptionalValueIsNotThere() throws Exception {
        assertThat(revise("[{set: {a: '${payload.?b.c}', d: '${payload.?e}'}}]", "{\"a\":1,\"b\":{}}"))
                .containsExactly(result("e-1", "{\"b\":{}}"));
    }

    @Test
    void splitsAnEventAndGoesOnWithEachPiece() throws Exception {
        String rules = "[{split: payload.items, set: {item: '${item}'}, remove: [items]},"
                + "{when: payload.item > 1, set: {large: true}}, {when: payload.item == 3, drop: true}]";

        List<String> results = revise(rules, "{\"items\":[1, 2.0,3]}");

        assertThat(results).hasSize(2);
        assertThat(results.get(0)).endsWith("{\"item\":1}}");
        assertThat(results.get(1)).endsWith("{\"item\":2.0,\"large\":true}}");
    }

    @Test
    void leavesAnEventWholeThatHasNothingToSplitBy() throws Exception {
        assertThat(revise("[{split: payload.items, remove: [items]}, {set: {seen: true}}]", "{\"items\":[]}"))
                .containsExactly(result("e-1", "{\"items\":[],\"seen\":true}"));
    }

    @Test
    void stopsOrDropsWhereARuleSaysSo() throws Exception {
        String rules = "[{when: payload.a == 1, stop: true}, {when: payload.a == 2, drop: true}, {set: {end: true}}]";

        assertThat(revise(rules, "{\"a\":1}")).containsExactly(result("e-1", "{\"a\":1}"));
        assertThat(revise(rules, "{\"a\":2}")).isEmpty();
        assertThat(revise(rules, "{\"a\":3}")).containsExactly(result("e-1", "{\"a\":3,\"end\":true}"));
    }

    @Test
    void rejectsInItsOwnWords() {
        RejectedException no = rejected("[{when: payload.a < 0, reject: 'Invalid: ${payload.a}'}]", "{\"a\":-1.50}");

        assertThat(no).hasMessage("Invalid: -1.50");
        assertThat(no.reason()).isEqualTo(Reason.REJECTED);
        assertThat(rejected("[{reject: '${payload.a}'}]", "{\"a\":-1.50}")).hasMessage("-1.50");
        assertThat(rejected("[{reject: '${payload.a}'}]", "{\"a\":\"so\"}")).hasMessage("so");
        assertThat(rejected("[{reject: '${payload.?b}'}]", "{\"a\":1}")).hasMessage("");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{when: payload.b > 1, drop: true}]",
                "[{set: {x: '${payload.b}'}}]",
                "[{set: {x: '${payload.a.b}'}}]"
            })
    void missesContextWhereAFieldIsNotThere(String rules) {
        RejectedException no = rejected(rules, "{\"a\":\"text\"}");

        assertThat(no.reason()).isEqualTo(Reason.MISSING_CONTEXT);
        assertThat(no).hasMessageContaining("rule at line 4:").hasMessageContaining("'b'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{when: payload.a > 1, drop: true}]",
                "[{when: payload.a, drop: true}]",
                "[{split: payload.a, drop: true}]",
                "[{set: {x: '${payload.a.startsWith(payload.n)}'}}]",
                "[{set: {x: '${payload.n / 0}'}}]",
                "[{set: {x: '${payload.tooHuge + 1}'}}]",
                "[{set: {/a/b: 1}}]",
                "[{set: {x: '${decimal(payload.digits)}'}}]",
                "[{set: {x: '${payload.list.all(a, payload.list.all(b, payload.list.all(c, payload.list.all(d, true))))}'}}]",
            })
    void findsTheFieldInvalidWhereARuleCannotWorkWithIt(String rules) {
        String list = "[" + "1,".repeat(40) + "1]";

        String digits = "9".repeat(1001);

        RejectedException no = rejected(
                rules,
                "{\"a\":\"text\",\"n\":1,\"tooHuge\":1e99999999999,\"digits\":\"" + digits + "\",\"list\":" + list
                        + "}");

        assertThat(no.reason()).isEqualTo(Reason.INVALID_FIELD);
        assertThat(no).hasMessageStartingWith("rule at line 4: ");
    }

    private static List<String> revise(String rules, String payload) throws Exception {
        return chain(rules).revise(event(envelope("e-1", "1", payload))).stream()
                .map(result -> new String(result.envelope(), UTF_8))
                .toList();
    }

    private static RejectedException rejected(String rules, String payload) {
        Event event = event(envelope("e-1", "1", payload));
        RejectedException no =
                catchThrowableOfType(RejectedException.class, () -> chain(rules).revise(event));
        assertThat(no).isNotNull();
        return no;
    }

    private static RevisionChain chain(String rules) {
        String yaml = "name: tested\nfrom: 1\nto: 2\nrules: " + rules + "\n";
        return RevisionChain.load(
                List.of("tested"),
                Map.of("rules:tested", yaml),
                ONE,
                "batch-1",
                EnvelopeMapping.OWN,
                RuleRevisionTest.class.getClassLoader());
    }

    private static String result(String eventId, String payload) {
        return envelope(eventId, "2", payload).replace("live", "batch-1");
    }
}
