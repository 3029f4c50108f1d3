package io.backprocess.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void groupsTheDigitsOfCounts() {
        assertThat(Words.count(0)).isEqualTo("0");
        assertThat(Words.count(999)).isEqualTo("999");
        assertThat(Words.count(-1_234_567)).isEqualTo("-1 234 567");
        assertThat(PageWords.count(1_234_567)).isEqualTo("1\u202F234\u202F567");
    }

    @Test
    void showsFewRecordsASecondWithADigitMore() {
        assertThat(Words.rate(0.04)).isEqualTo("0.0");
        assertThat(Words.rate(99.94)).isEqualTo("99.9");
        assertThat(Words.rate(1234.5)).isEqualTo("1 235");
    }

    @Test
    void neverCallsWhatIsThereNothingNorWhatIsNotAllEverything() {
        assertThat(Words.share(0, 10)).isEqualTo("0.00 %");
        assertThat(Words.share(1, 1_000_000)).isEqualTo("< 0.01 %");
        assertThat(Words.share(1, 200)).isEqualTo("0.50 %");
        assertThat(Words.share(1, 2)).isEqualTo("50.0 %");
        assertThat(Words.share(999_999, 1_000_000)).isEqualTo("> 99.99 %");
        assertThat(Words.share(10, 10)).isEqualTo("100.00 %");
        assertThat(Words.share(0, 0)).isEqualTo("-");
        assertThat(PageWords.share(0, 0)).isEqualTo("–");
        assertThat(PageWords.share(1, 2)).isEqualTo("50.0\u202F%");
    }

    @Test
    void showsTheTwoLargestUnitsOfADuration() {
        assertThat(Words.duration(Duration.ofSeconds(59))).isEqualTo("59 s");
        assertThat(Words.duration(Duration.ofSeconds(3599))).isEqualTo("59 min 59 s");
        assertThat(Words.duration(Duration.ofMinutes(61))).isEqualTo("1 h 01 min");
        assertThat(Words.duration(Duration.ofHours(25))).isEqualTo("1 d 01 h");
    }
}
