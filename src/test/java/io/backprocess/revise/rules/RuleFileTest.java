package io.backprocess.revise.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.ProcessVersion;
import io.backprocess.revise.operator.RevisionChain;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a rules file is said at start, with its place. */
class RuleFileTest {
    private static final String HEAD = "name: tested\nfrom: 1\nto: 2\nrules:\n";

    @Test
    void hasANameAndVersions() {
        RuleRevision revision = RuleRevision.parse("name: a-b\nfrom: 1.0\nto: 2.10\nrules: []\n");

        assertThat(revision.name()).isEqualTo("a-b");
        assertThat(revision.from()).isEqualTo(ProcessVersion.of("1"));
        assertThat(revision.to()).isEqualTo(ProcessVersion.of("2.1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "- set: {a: 'x ${payload.b + }'}       | line 5, column 31: mismatched input '<EOF>'",
                "- set: {a: 'x ${paylod.b} y'}         | line 5, column 19: undeclared reference to 'paylod'",
                "- set: {a: '${item.b}'}               | line 5, column 17: undeclared reference to 'item'",
                "- set: {a: '${payload.b'}             | line 5, column 15: '${' is not closed: add '}', or write '$${' for the characters themselves",
                "- set: {a: .inf}                      | line 5, column 14: '.inf' is not a JSON number; put quotes around it if it is text",
                "- set: [a]                            | line 5, column 10: 'set' must have names with values, as in 'name: value'",
                "- whn: payload.a                      | line 5, column 5: 'whn' is not one of drop, reason, reject, remove, rename, set, split, stop, when",
                "- {}                                  | line 5, column 5: the rule has no action: give one of set, rename, remove, split, reject, drop, stop",
                "- when: 'true'                        | line 5, column 5: the rule has no action: give one of set, rename, remove, split, reject, drop, stop",
                "- a text                              | line 5, column 5: each of 'rules' must have names with values, as in 'name: value'",
                "- drop: maybe                         | line 5, column 11: 'drop' must be true or false",
                "- {drop: true, stop: true}            | line 5, column 5: stop keeps the event and drop does not: give one of them",
                "- {reject: no, set: {a: 1}}           | line 5, column 5: a rule with 'reject' cannot have another action: remove one of them",
                "- {reject: no, reason: unexpected}    | line 5, column 26: 'reason' must be one of rejected, missing-context, invalid-field, not 'unexpected'",
                "- {drop: true, reason: rejected}      | line 5, column 26: 'reason' has no effect without 'reject': add 'reject' or remove 'reason'",
                "- {set: {a: 1}, remove: [a]}          | line 5, column 5: 'a' is changed twice in one rule: make two rules of it",
                "- rename: {/a/b: c}                   | line 5, column 13: rename takes names of the payload's members, not pointers",
                "- rename: {a: [b]}                    | line 5, column 17: 'a' must be a single value",
                "- remove: a                           | line 5, column 13: 'remove' must be a list",
                "- when: [                             | line 6, column 1: this is not YAML: ",
                "- {drop: true, drop: true}            | line 5, column 18: 'drop' is given twice",
            })
    void saysWhatIsWrongAndWhere(String rule, String message) {
        assertThatThrownBy(() -> RuleRevision.parse(HEAD + "  " + rule + "\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "- when: paylod.a == 1                 | line 5, column 11: undeclared reference to 'paylod'",
                "- when: 'payload.a =='                | line 5, column 24: mismatched input '<EOF>'",
                "- when: payload.a + 'x' + 1           | line 5, column 27: found no matching overload for '_+_'",
                "- when: size(payload)                 | line 5, column 15: expected type 'bool' but found 'int'",
            })
    void saysWhatIsWrongInTheOrderOfTheFile(String condition, String message) {
        String noAction =
                "line 5, column 5: the rule has no action: give one of set, rename, remove, split, reject, drop, stop";

        assertThatThrownBy(() -> RuleRevision.parse(HEAD + "  " + condition + "\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(noAction + "\n" + message);
    }

    @Test
    void saysTheLineWithinABlockOfText() {
        String rule = "  - when: |\n      payload.a == 1 &&\n      paylod.b == 2\n    drop: true\n";

        assertThatThrownBy(() -> RuleRevision.parse(HEAD + rule))
                .hasMessage("line 7, column 7: undeclared reference to 'paylod' (in container '')");
    }

    @Test
    void saysAllThatIsWrongAtOnce() {
        assertThatThrownBy(
                        () -> RuleRevision.parse("name: A b\nto: two\nrules: [{drop: 1}, {when: nope, drop: true}]\n"))
                .hasMessageContaining("line 1, column 7: 'A b' is not a valid name")
                .hasMessageContaining("line 1, column 1: 'from' is missing")
                .hasMessageContaining("line 2, column 5: 'two'")
                .hasMessageContaining("line 3, column 16: 'drop' must be true or false")
                .hasMessageContaining("line 3, column 27: undeclared reference to 'nope'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|line 1, column 1: the file is empty",
                "# nothing|line 1, column 1: the file is empty",
                "text|line 1, column 1: the file must have names with values"
            })
    void needsAFileOfNamesAndValues(String text, String message) {
        assertThatThrownBy(() -> RuleRevision.parse(text)).hasMessageStartingWith(message);
    }

    @Test
    void takesNoTypesOfTheYamlBesideJsons() {
        assertThatThrownBy(() -> RuleRevision.parse(HEAD + "  - set: {a: !!java.net.URL ['http://127.0.0.1']}\n"))
                .hasMessage("line 5, column 14: 'tag:yaml.org,2002:java.net.URL' is not a JSON type");
        assertThatThrownBy(() -> RuleRevision.parse(HEAD + "  - set: {a: &a [1, *a]}\n"))
                .hasMessage("line 5, column 14: anchors and aliases cannot be used: write the value out");
        assertThatThrownBy(() -> RuleRevision.parse("[".repeat(100_000)))
                .hasMessage("line 1, column 1: the file is nested too deeply");
    }

    @Test
    void limitsItsSize() {
        assertThatThrownBy(() -> RuleRevision.parse("#" + "x".repeat(300_000)))
                .hasMessage("line 1, column 1: the file has 300001 characters; it may have at most 262144");
    }

    @Test
    void belongsToAChainLikeAnyOther() {
        String yaml = "name: later\nfrom: 2\nto: 3\nrules: []\n";

        RevisionChain chain = RevisionChain.load(
                List.of("purchase-split", "later"),
                Map.of("rules:later", yaml, "premium-prefix", "GOLD-"),
                ProcessVersion.of("1"),
                "batch-1",
                EnvelopeMapping.OWN,
                RuleFileTest.class.getClassLoader());

        assertThat(chain.to()).isEqualTo(ProcessVersion.of("3"));
    }

    @Test
    void mustNotBeCalledLikeAnotherRevisionOrGivenUnderAnotherName() {
        String yaml = "name: purchase-split\nfrom: 1\nto: 2\nrules: []\n";

        assertThatThrownBy(() -> load("purchase-split", yaml))
                .hasMessage("two revisions are called 'purchase-split'; rename one");
        assertThatThrownBy(() -> load("other", yaml))
                .hasMessage("option 'rules:other' holds rules with the name 'purchase-split'; use one name for both");
    }

    private static RevisionChain load(String name, String yaml) {
        return RevisionChain.load(
                List.of(name),
                Map.of("rules:" + name, yaml),
                ProcessVersion.of("1"),
                "batch-1",
                EnvelopeMapping.OWN,
                RuleFileTest.class.getClassLoader());
    }
}
