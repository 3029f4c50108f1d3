package io.backprocess.revise.shipped;

import static io.backprocess.event.Samples.envelope;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.event.Reason;
import io.backprocess.revise.testkit.RevisionTester;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is learned from a life's failures, and what is not. */
class JournalTest {
    private final RevisionTester journal = RevisionTester.of(Journal::new);

    @Test
    void learnsItsLessonWhereTheContextIsKnown() {
        String entry =
                "{\"action\":\"会議で誤りを指摘した\",\"myAssumption\":\"正直が誠実だ\",\"theirReaction\":\"沈黙\",\"culturalContext\":\"異論は根回しで\",\"lessonLearned\":%s,\"mood\":-0.50}";

        journal.given(envelope("Meeting_20251115", "1.0", entry.formatted("null")))
                .gives(envelope("Meeting_20251115", "2", entry.formatted("\"I assumed: 正直が誠実だ But here: 異論は根回しで\""))
                        .replace("live", RevisionTester.BATCH_ID));
    }

    @Test
    void addsTheLessonWhereTheEntryHasNoPlaceForIt() {
        journal.givenPayload("{\"myAssumption\":\"a\",\"culturalContext\":\"c\"}")
                .givesPayloads(
                        "{\"myAssumption\":\"a\",\"culturalContext\":\"c\",\"lessonLearned\":\"I assumed: a But here: c\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"\"", "\" \\t\"", "\"\u3000\""})
    void learnsWhereNothingWasLearnedYet(String lesson) {
        journal.givenPayload("{\"myAssumption\":\"a\",\"culturalContext\":\"c\",\"lessonLearned\":" + lesson + "}")
                .givesPayloads(
                        "{\"myAssumption\":\"a\",\"culturalContext\":\"c\",\"lessonLearned\":\"I assumed: a But here: c\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"myAssumption\":\"a\",\"culturalContext\":\"c\",\"lessonLearned\":\"Ask first.\"}",
                "{\"myAssumption\":\"a\",\"culturalContext\":\"c\",\"lessonLearned\":[\"Ask\", \"first\"]}",
                "{\"culturalContext\":\"c\",\"lessonLearned\":\"聞く\"}",
                "{\"myAssumption\":\"a\",\"culturalContext\":null,\"lessonLearned\":null}",
                "{\"myAssumption\":\"a\",\"culturalContext\":\" \",\"lessonLearned\":\"\"}",
                "{\"myAssumption\":\"a\",\"notMine\":false}",
                "{\"myAssumption\":\"a\",\"notMine\":\"true\"}",
                "{}",
            })
    void leavesAnEntryThatIsLearnedFromOrWhoseContextIsUnknown(String entry) {
        journal.givenPayload(entry).givesPayloads(entry);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"notMine\":true}",
                "{\"notMine\": true,\"myAssumption\":\"a\",\"culturalContext\":\"c\"}",
                "{\"notMine\":true,\"lessonLearned\":\"Ask first.\"}",
            })
    void rejectsWhatIsNotMine(String entry) {
        journal.givenPayload(entry).isRejected("Not mine to process");
    }

    @Test
    void cannotLearnWithoutAnAssumption() {
        journal.givenPayload("{\"culturalContext\":\"c\"}").isDead(Reason.MISSING_CONTEXT, "myAssumption is missing");
        journal.givenPayload("{\"culturalContext\":\"c\",\"myAssumption\":\"\"}")
                .isDead(Reason.MISSING_CONTEXT, "myAssumption is missing");
        journal.givenPayload("{\"culturalContext\":{\"c\":1}}")
                .isDead(Reason.INVALID_FIELD, "culturalContext is no text: {\"c\":1}");
        journal.givenPayload("{\"culturalContext\":\"c\",\"myAssumption\":7}")
                .isDead(Reason.INVALID_FIELD, "myAssumption is no text: 7");
    }

    @ParameterizedTest
    @CsvSource({
        "{context}。{assumption}ではない。, c。aではない。",
        "{context} {context} {other} $1 \\, c c {other} $1 \\\\",
    })
    void wordsTheLessonAsItIsTold(String lesson, String learned) {
        journal.withOption("lesson", lesson)
                .givenPayload("{\"myAssumption\":\"a\",\"culturalContext\":\"c\"}")
                .givesPayloads(
                        "{\"myAssumption\":\"a\",\"culturalContext\":\"c\",\"lessonLearned\":\"" + learned + "\"}");
    }

    @Test
    void keepsBracesAndBackslashesOfAnEntryAsTheyAre() {
        journal.givenPayload("{\"myAssumption\":\"{context} $1 \\\\\",\"culturalContext\":\"{assumption}\"}")
                .givesPayloads(
                        "{\"myAssumption\":\"{context} $1 \\\\\",\"culturalContext\":\"{assumption}\",\"lessonLearned\":\"I assumed: {context} $1 \\\\ But here: {assumption}\"}");
    }

    @Test
    void refusesALessonThatWouldAlwaysBeTheSame() {
        RevisionTester always = journal.withOption("lesson", "Ask first.");

        assertThatThrownBy(() -> always.givenPayload("{}"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("journal: the lesson 'Ask first.' has neither {assumption} nor {context} in it");
    }

    @Test
    void makesOfTheSampleHistoryWhatPeopleHaveFoundGood() {
        journal.matchesGolden(
                Path.of("src/main/resources/io/backprocess/sample/journal.jsonl"),
                Path.of("src/test/resources/io/backprocess/revise/shipped/journal.golden.txt"));
    }
}
