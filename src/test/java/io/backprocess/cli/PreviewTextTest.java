package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.preview.Previews;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

class PreviewTextTest {
    @Test
    void letsNothingThatEventsHoldSteerTheTerminal() {
        String text = text("\u001b[2J\u009b1m\u202e\u2066\r\n@|red fake|@", Ansi.OFF);

        assertThat(text)
                .doesNotContain("\u001b", "\u009b", "\u202e", "\u2066", "\r")
                .contains("\\u001b[2J\\u009b1m\\u202e\\u2066\\u000d\\u000a@|red fake|@");
    }

    @Test
    void coloursWhatWasAndWhatIsOnATerminalOnly() {
        assertThat(text("x", Ansi.ON))
                .contains("\u001b[31m- x\u001b[39m\u001b[0m")
                .contains("\u001b[32m+ x\u001b[39m\u001b[0m");
        assertThat(text("x", Ansi.OFF))
                .contains("      - x")
                .contains("      + x")
                .doesNotContain("\u001b");
    }

    @Test
    void takesNothingInAnEventForMarkup() {
        assertThat(text("@|bold x|@", Ansi.ON)).contains("\u001b[31m- @|bold x|@\u001b[39m\u001b[0m");
    }

    @Test
    void saysOfASampleThatItIsOne() {
        assertThat(text("x", Ansi.OFF))
                .contains("100 of about 990 records, in 10 slices spread over the range of 4 partitions")
                .contains("rarer than 1 in 33 may not be in it")
                .contains("… and 3 events of further kinds")
                .contains("Nothing was written to Kafka.");
    }

    private static String text(String text, Ansi ansi) {
        StringWriter out = new StringWriter();
        new PreviewText(new PrintWriter(out, true), Help.defaultColorScheme(ansi)).print(Previews.of(text));
        return out.toString();
    }
}
