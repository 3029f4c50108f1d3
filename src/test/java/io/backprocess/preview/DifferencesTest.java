package io.backprocess.preview;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.JsonObject;
import io.backprocess.event.JsonValue;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DifferencesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":1}|{\"a\":2}|a changed 1 → 2",
                "{\"a\":1}|{}|a removed 1 → null",
                "{}|{\"a\":[]}|a added null → []",
                "{\"a\":99.990}|{\"a\":99.99}|a changed 99.990 → 99.99",
                "{\"a\":1e400}|{\"a\":1E400}|a changed 1e400 → 1E400",
                "{\"a\":1}|{\"a\":\"1\"}|a changed 1 → \"1\"",
                "{\"a\":\"null\"}|{\"a\":null}|a changed \"null\" → null",
                "{\"a\":null}|{}|a removed null → null",
                "{\"a\":{\"b\":{\"c\":1}}}|{\"a\":{\"b\":{\"c\":2}}}|a.b.c changed 1 → 2",
                "{\"a\":{}}|{\"a\":[]}|a changed {} → []",
                "{\"a\":\"\\u0041\"}|{\"a\":\"A\"}|a rewritten \"\\u0041\" → \"A\"",
                "{\"a\":{\"b\":1,\"c\":2}}|{\"a\":{\"c\":2,\"b\":1}}|a rewritten {\"b\":1,\"c\":2} → {\"c\":2,\"b\":1}",
                "{\"a\":[1, 2]}|{\"a\":[1,2]}|a rewritten [1, 2] → [1,2]",
                "{\"文化\":1}|{\"文化\":2}|文化 changed 1 → 2",
            })
    void saysWhatHasHappenedToAField(String before, String after, String expected) {
        assertThat(told(before, after)).containsExactly(expected);
    }

    @Test
    void findsNothingInWhatIsTheSameToTheByte() {
        assertThat(told("{\"a\":[{\"b\":1.0}],\"c\":null}", "{\"a\":[{\"b\":1.0}],\"c\":null}"))
                .isEmpty();
    }

    @Test
    void tellsElementsOfAnArrayByOnePattern() {
        List<Change> changes = between(
                "{\"items\":[{\"price\":1},{\"price\":2},{\"price\":3}]}",
                "{\"items\":[{\"price\":1},{\"price\":20},{\"price\":30}]}");

        assertThat(changes).extracting(change -> change.place().pattern()).containsOnly("items[].price");
        assertThat(changes)
                .extracting(change -> change.place().path())
                .containsExactly("items[1].price", "items[2].price");
    }

    @Test
    void takesOneMoreElementForOneChangeWhereverItStands() {
        assertThat(told("{\"a\":[1,2,3]}", "{\"a\":[0,1,2,3]}")).containsExactly("a[0] added null → 0");
        assertThat(told("{\"a\":[1,2,3]}", "{\"a\":[1,3]}")).containsExactly("a[1] removed 2 → null");
        assertThat(told("{\"a\":[1,2,3]}", "{\"a\":[1,2,3,4]}")).containsExactly("a[3] added null → 4");
        assertThat(told("{\"a\":[]}", "{\"a\":[[]]}")).containsExactly("a[0] added null → []");
        assertThat(told("{\"a\":[1,2]}", "{\"a\":[2,1]}")).containsExactly("a[0] changed 1 → 2", "a[1] changed 2 → 1");
    }

    @Test
    void letsNoNameBeTakenForAPath() {
        assertThat(told(
                        "{\"a.b\":1,\"a[]\":1,\"\":1,\"x\\\"]\":1,\"\\u202e\":1}",
                        "{\"a.b\":2,\"a[]\":2,\"\":2,\"x\\\"]\":2,\"\\u202e\":2}"))
                .containsExactly(
                        "[\"a.b\"] changed 1 → 2",
                        "[\"a[]\"] changed 1 → 2",
                        "[\"\"] changed 1 → 2",
                        "[\"x\\\"]\"] changed 1 → 2",
                        "[\"\u202e\"] changed 1 → 2");
    }

    @Test
    void tellsLongNamesApart() {
        String name = "n".repeat(5000);

        List<Change> changes =
                between("{\"%sa\":1,\"%sb\":1}".formatted(name, name), "{\"%sa\":2,\"%sb\":2}".formatted(name, name));

        assertThat(changes)
                .extracting(change -> change.place().pattern())
                .doesNotHaveDuplicates()
                .allSatisfy(pattern -> assertThat(pattern.length()).isLessThan(130));
    }

    @Test
    void countsTheLastOfANameThatIsGivenTwice() {
        assertThat(told("{\"a\":1,\"a\":2}", "{\"a\":2}")).isEmpty();
        assertThat(told("{\"a\":1,\"a\":2}", "{\"a\":1}")).containsExactly("a changed 2 → 1");
    }

    @Test
    void leavesOutThePathsThatAreIgnored() {
        List<Change> changes = Differences.between(
                object("{\"id\":1,\"gone\":1,\"payload\":{\"id\":1}}"),
                object("{\"id\":2,\"new\":1,\"payload\":{\"id\":2}}"),
                Set.of("id", "gone", "new"));

        assertThat(changes).extracting(change -> change.place().path()).containsExactly("payload.id");
    }

    @Test
    void takesAnObjectThatDiffersOnlyInWhatIsIgnoredForTheSame() {
        assertThat(Differences.between(
                        object("{\"meta\":{\"id\":1,\"batch\":\"a\"}}"),
                        object("{\"meta\":{\"id\":1,\"batch\":\"b\"}}"),
                        Set.of("meta.batch")))
                .isEmpty();
        assertThat(Differences.between(
                        object("{\"meta\":{\"id\":1}}"),
                        object("{\"meta\":{\"id\":1,\"batch\":\"b\"}}"),
                        Set.of("meta.batch")))
                .isEmpty();
    }

    @Test
    void staysSmallAndQuickWithHostileEvents() {
        String deep = "[".repeat(900) + "1" + "]".repeat(900);
        assertThat(told("{\"a\":%s}".formatted(deep), "{\"a\":%s}".formatted(deep.replace("1", "2"))))
                .hasSize(1);

        StringBuilder wide = new StringBuilder("{");
        for (int i = 0; i < 100_000; i++) {
            wide.append(i == 0 ? "" : ",").append("\"k").append(i).append("\":1");
        }
        String before = wide.append('}').toString();
        assertThat(told(before, before.replace(":1", ":2"))).hasSize(Differences.MOST);
    }

    private static List<String> told(String before, String after) {
        return between(before, after).stream()
                .map(change -> "%s %s %s → %s"
                        .formatted(
                                change.place().path(),
                                change.operation(),
                                Excerpt.of(change.before()),
                                Excerpt.of(change.after())))
                .toList();
    }

    private static List<Change> between(String before, String after) {
        return Differences.between(object(before), object(after), Set.of());
    }

    private static JsonObject object(String json) {
        return Objects.requireNonNull(JsonValue.parse(json).object());
    }
}
