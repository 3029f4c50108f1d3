package io.backprocess.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class YamlDocumentTest {
    @Test
    void reportsAllProblemsInTheOrderOfTheFileAndEachOnce() {
        YamlDocument document = new YamlDocument("a.yaml", "list: text\nsize: huge\nsiez: 1\nlist: [1]\n");
        YamlMap root = document.root();

        Objects.requireNonNull(root.get("size")).oneOf(List.of("small", "large"));
        root.list("list");
        root.list("list");
        root.require("name");
        root.finish();

        assertThatThrownBy(document::throwProblems)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("""
                        a.yaml:1:1: 'name' is missing
                        a.yaml:1:7: 'list' must be a list
                        a.yaml:2:7: 'size' must be one of small, large, not 'huge'
                        a.yaml:3:1: 'siez' is not one of list, name, size
                        a.yaml:4:1: 'list' is given twice""");
    }

    @Test
    void refusesAValueThatOccursInItselfOrTooOften() {
        assertThatThrownBy(new YamlDocument("a.yaml", "a: &a [*a]")::root)
                .hasMessage("a.yaml:1:4: anchors and aliases cannot be used: write the value out");
        assertThatThrownBy(new YamlDocument(null, "a: &a [1, 1]\nb: &b [*a, *a]\nc: [*b, *b]")::root)
                .hasMessage("""
                        line 1, column 4: anchors and aliases cannot be used: write the value out
                        line 2, column 4: anchors and aliases cannot be used: write the value out""");
    }

    @Test
    void refusesWhatIsNoName() {
        YamlDocument document = new YamlDocument(null, "null: a\n[b]: c\n");

        assertThat(document.root().all()).isEmpty();
        assertThatThrownBy(document::throwProblems).hasMessage("""
                        line 1, column 1: this is not a name; put quotes around it if it is text
                        line 2, column 1: this is not a name; put quotes around it if it is text""");
    }
}
