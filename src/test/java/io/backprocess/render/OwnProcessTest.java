package io.backprocess.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OwnProcessTest {
    @Test
    void isNotTheOneOfATest() {
        assertThat(OwnProcess.isThis()).isFalse();
    }

    @Test
    void drawsWhereTheCharsetHasTheCharacters() {
        assertThat(OwnProcess.draws(StandardCharsets.UTF_8)).isTrue();
        assertThat(OwnProcess.draws(StandardCharsets.US_ASCII)).isFalse();
        assertThat(OwnProcess.draws(StandardCharsets.ISO_8859_1)).isFalse();
    }

    @Test
    void writesPlainlyWhereItHasNot() {
        StringWriter plain = new StringWriter();
        PrintWriter out = new PrintWriter(new PlainWriter(plain, StandardCharsets.US_ASCII));

        out.print("orders → orders.b: 1\u202f000 of 2\u00a0000 …");
        out.print('█');
        out.print("失敗".toCharArray());
        out.flush();

        assertThat(plain).hasToString("orders -> orders.b: 1 000 of 2 000 ...#\\u5931\\u6557");
    }

    /** The steps run in TaskManagers, which have a locale of their own, and what they say stands in dead letters. */
    @Test
    void noStepFormatsNumbersByTheMachinesLocale() throws Exception {
        Pattern number = Pattern.compile("%[-,+0-9.]*[dfegDEG](?![a-z])");
        List<String> steps = List.of(
                "event", "decode", "dedupe", "revise", "publish", "deadletter", "ledger", "read", "context", "upsert");
        for (String step : steps) {
            try (Stream<Path> files = Files.walk(Path.of("src/main/java/io/backprocess", step))) {
                for (Path file :
                        files.filter(each -> each.toString().endsWith(".java")).toList()) {
                    String source = Files.readString(file).replaceAll("Locale\\.ROOT,\\s*\"[^\"]*\"", "");
                    assertThat(number.matcher(source).results().map(found -> file + ": " + found.group()))
                            .as("use %%s, or String.format(Locale.ROOT, …)")
                            .isEmpty();
                }
            }
        }
    }
}
