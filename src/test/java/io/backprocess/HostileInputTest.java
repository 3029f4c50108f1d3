package io.backprocess;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.backprocess.decode.Decoder;
import io.backprocess.decode.VersionGate;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.Taken;
import io.backprocess.revise.operator.Revise;
import io.backprocess.testing.HostileRecords;
import io.backprocess.testing.PlainJudge;
import io.backprocess.testing.SavedCases;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values that were made to break what reads them, through decode, gate and revise. */
class HostileInputTest {
    private static final int MEGABYTE = 1_000_000;
    /** Of memory that is allocated, for each byte of a record; what is held at a time is a part of that. */
    private static final int MOST_BYTES_A_BYTE = 25;

    private final Decoder decoder = new Decoder(EnvelopeMapping.OWN, null, null);
    private final VersionGate gate = new VersionGate(ProcessVersion.of("1"));
    private final Revise revise =
            new Revise("b", ProcessVersion.of("1"), List.of("purchase-split"), Map.of(), 64 * MEGABYTE);

    HostileInputTest() {
        revise.open(getClass().getClassLoader());
    }

    @Test
    void putsEverySavedCaseWhereItBelongs() {
        SoftAssertions all = new SoftAssertions();
        SavedCases.byPath().forEach((path, value) -> {
            String place = Path.of(path).getName(0).toString();
            all.assertThat(place(value)).as(path).isEqualTo(place);
            all.assertThat(new PlainJudge("b").place(value))
                    .as("the judge on %s", path)
                    .isEqualTo(place);
        });
        all.assertAll();
    }

    static Stream<Arguments> largeValues() {
        String sku = "\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":1";
        return Stream.of(
                large("results", "one text", "{\"text\":\"" + "x".repeat(MEGABYTE) + "\"}"),
                large("results", "one text of escapes", "{\"text\":\"" + "\\u0022\\\\".repeat(MEGABYTE / 8) + "\"}"),
                large(
                        "results",
                        "a name that is asked for, of escapes",
                        "{\"\\u0061" + "\\u0061".repeat(7000) + "\":1}"),
                large("results", "members", many(MEGABYTE / 10, i -> "\"f" + i + "\":0")),
                large("results", "members without a name", many(MEGABYTE / 5, i -> "\"\":0")),
                large("results", "members of one name", many(MEGABYTE / 15, i -> "\"actionType\":" + i)),
                large("results", "names with escapes", many(MEGABYTE / 15, i -> "\"\\u0061" + i + "\":0")),
                large(
                        "results",
                        "names of one String.hashCode",
                        many(1 << 15, i -> "\"" + HostileRecords.collidingName(1 << 15, i) + "\":0")),
                large("results", "numbers", "{\"n\":[" + "1e1000000000,".repeat(MEGABYTE / 13) + "0]}"),
                large("results", "numbers of 1000 digits", "{\"n\":[" + ("9".repeat(1000) + ",").repeat(1000) + "0]}"),
                large("results", "arrays side by side", "{\"n\":[" + "[],".repeat(MEGABYTE / 3) + "0]}"),
                large(
                        "results",
                        "arrays 900 deep, side by side",
                        "{\"n\":[" + ("[".repeat(900) + "]".repeat(900) + ",").repeat(MEGABYTE / 1801) + "0]}"),
                large(
                        "results",
                        "a member that is taken out, many times",
                        "{" + sku + ",\"items\":0".repeat(MEGABYTE / 10)
                                + ",\"items\":[{\"itemSku\":1,\"amount\":1}]}"),
                large(
                        "missing-context",
                        "items that are none",
                        "{" + sku + ",\"items\":[" + "0,".repeat(MEGABYTE / 2) + "0]}"),
                large("malformed-json", "arrays that are opened", "[".repeat(MEGABYTE)),
                large("malformed-json", "a text that does not end", "{\"a\":\"" + "\\\\".repeat(MEGABYTE / 2)),
                large("malformed-json", "one number", "9".repeat(MEGABYTE)),
                large("malformed-json", "digits behind a point", "{\"a\":0." + "0".repeat(MEGABYTE) + "}"),
                large("malformed-json", "space", " ".repeat(MEGABYTE)));
    }

    private static Arguments large(String place, String what, String payload) {
        return Arguments.of(place, what, "{\"eventId\":\"e\",\"processVersion\":1,\"payload\":" + payload + "}");
    }

    private static String many(int count, IntFunction<String> member) {
        return IntStream.range(0, count).mapToObj(member).collect(Collectors.joining(",", "{", "}"));
    }

    /** What is quadratic takes minutes. */
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("largeValues")
    @Timeout(10)
    void takesTimeAndMemoryInProportionToTheRecord(String place, String what, String value) {
        byte[] json = value.getBytes(UTF_8);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        place("{}".getBytes(UTF_8));
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());

        assertThat(place(json)).as(what).isEqualTo(place);

        long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(allocated).isLessThan((long) json.length * MOST_BYTES_A_BYTE + MEGABYTE);
    }

    private String place(byte[] value) {
        Outcome decoded = decoder.decode(new SourceRecord(0, 0, 0, null, value, new RecordHeaders()));
        try {
            Outcome outcome = revise.map(gate.map(decoded));
            return outcome instanceof Taken
                    ? "results"
                    : outcome instanceof DeadLetter dead ? dead.reason().toString() : "skipped";
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
