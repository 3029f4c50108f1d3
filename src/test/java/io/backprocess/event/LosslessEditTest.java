package io.backprocess.event;

import static io.backprocess.event.Samples.recordAt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.backprocess.json.JsonPointer;
import io.backprocess.json.JsonText;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random edits of random envelopes, every second one with other names, against two oracles: Jackson's tree says what the result must mean, and a list of the
 * members as they were written says which bytes must stand in it.
 *
 * <p>{@code -Dbackprocess.edits=1000000} tries more than the default, {@code -Dbackprocess.seed=N} starts elsewhere.
 */
class LosslessEditTest {
    private static final long EDITS = Long.getLong("backprocess.edits", 30_000);
    private static final long FIRST_SEED = Long.getLong("backprocess.seed", 1);

    /** Keeps numbers as they are; where a name is given twice the last one counts. */
    private static final JsonMapper JACKSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private static final String[] NAMES = {
        "a",
        "b",
        "c",
        "amount",
        "",
        "\u00e9",
        "\ud83d\ude00",
        "x y",
        "a\nb",
        "a\\nb",
        "\ud83d",
        "eventId",
        "payload",
        "quote\"",
    };
    private static final String[] LITERALS = {
        "0",
        "-0.0",
        "99.990",
        "1e400",
        "1E-400",
        "1234567890123456789012345678901234567890",
        "true",
        "null",
        "\"\"",
        "\"caf\\u00e9\"",
        "\"caf\u00e9\\/\"",
        "\"\\uD83D\"",
        "{}",
        "[ ]",
        "[1,[2.50 , {\"a\":{} }]]",
        "{ \"a\":1,\"a\" :\"}\" }",
    };
    private static final String[] SPACES = {"", "", "", " ", "\n", "\t ", "\r\n  "};

    @Test
    void changesWhatIsNamedAndKeepsTheBytesOfAllElse() throws Exception {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + EDITS; seed++) {
            new Trial(seed).run();
        }
    }

    /** The names of the five members. */
    private record Names(String eventId, String version, String batch, String time, String payload) {
        static final Names OWN = new Names("eventId", "processVersion", "correlationId", "eventTimestamp", "payload");
        static final Names OTHER = new Names("caf\u00e9", "v/1~", "trace id", "at", "data");

        EventReader reader() {
            return new EventReader(
                    equals(OWN)
                            ? EnvelopeMapping.OWN
                            : new EnvelopeMapping(
                                    "other",
                                    "orders",
                                    List.of(new EnvelopeForm(
                                            null,
                                            null,
                                            List.of(place(eventId)),
                                            new VersionSource(
                                                    place(version), null, new TreeMap<>(), new TreeMap<>(), null),
                                            new EnvelopeForm.TimeSource(place(time), null),
                                            place(payload),
                                            new TreeMap<>(),
                                            Set.of(),
                                            new EnvelopeForm.Stamp(place(eventId), place(version), place(batch)))),
                                    false,
                                    false));
        }

        private static Place place(String name) {
            return Place.pointer(JsonPointer.ofSteps(List.of(name)).text());
        }
    }

    private static final class Trial {
        private final Names names;
        private final long seed;
        private final Random random;
        private final List<String> steps = new ArrayList<>();
        private final WrittenObject payload = new WrittenObject();
        private final WrittenObject envelope = new WrittenObject();

        Trial(long seed) {
            this.seed = seed;
            this.names = seed % 2 == 0 ? Names.OWN : Names.OTHER;
            this.random = new Random(seed * 0x9E3779B97F4A7C15L);
        }

        void run() throws Exception {
            writeEnvelope();
            String before = pick(SPACES);
            String after = pick(SPACES);
            String document = before + envelope.write() + after;
            Event event = names.reader().read(recordAt(0, 0, ""), document.getBytes(UTF_8));
            ObjectNode meaning = (ObjectNode) JACKSON.readTree(document);
            Edit edit = event.edit();

            for (int i = random.nextInt(5); i > 0; i--) {
                changeOneMember(edit, (ObjectNode) meaning.get(names.payload));
            }
            String eventId = random.nextBoolean() ? null : "derived";
            byte[] result = edit.apply(edit.event(), new BatchLabel("batch-1"), ProcessVersion.of("2"), eventId)
                    .envelope();

            String written = new String(result, UTF_8);
            String trial = "seed %d: %s%nof %s%nis %s".formatted(seed, steps, document, written);
            meaning.put(names.batch, "batch-1").put(names.version, 2);
            envelope.set(names.batch, "\"batch-1\"");
            envelope.set(names.version, "2");
            if (eventId != null) {
                meaning.put(names.eventId, eventId);
                envelope.set(names.eventId, "\"derived\"");
            }
            if (!JACKSON.readTree(written).equals(meaning)) {
                assertThat(JACKSON.readTree(written)).as(trial).isEqualTo(meaning);
            }
            Event read = names.reader().read(recordAt(0, 0, ""), result);
            assertThat(members((ScannedObject) read.payload())).as(trial).isEqualTo(payload.members());
            // Only where something was removed is it open which of the white space around it goes too.
            boolean removed = payload.members.stream().anyMatch(member -> member.removed);
            envelope.set(names.payload, removed ? written(read.payload()) : payload.write());
            assertThat(written).as(trial).isEqualTo(before + envelope.write() + after);
        }

        private void writeEnvelope() {
            for (int i = random.nextInt(6); i > 0; i--) {
                payload.members.add(member(pick(NAMES), pick(LITERALS)));
            }
            payload.inside = pick(SPACES);
            envelope.members.add(member(names.payload, payload.write()));
            envelope.members.add(member(names.eventId, "\"e-\\u0031\""));
            envelope.members.add(member(names.version, pick("1", "1.0", "10e-1")));
            for (String name : new String[] {names.batch, names.time, "trace", "trace", "user"}) {
                if (random.nextBoolean()) {
                    envelope.members.add(member(name, pick(LITERALS)));
                }
            }
            Collections.shuffle(envelope.members, random);
        }

        private void changeOneMember(Edit edit, ObjectNode meaning) throws Exception {
            boolean known = !payload.members.isEmpty() && random.nextInt(3) > 0;
            String name = known ? payload.members.get(random.nextInt(payload.members.size())).name : pick(NAMES);
            if (random.nextInt(5) < 2) {
                steps.add("remove '" + name + "'");
                edit.remove(name);
                meaning.remove(name);
                payload.remove(name);
                return;
            }
            String literal = set(edit, name);
            steps.add("set '" + name + "' to " + literal);
            meaning.set(name, JACKSON.readTree(literal));
            payload.set(name, literal);
        }

        private String set(Edit edit, String name) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    String text = pick(NAMES);
                    edit.set(name, text);
                    return quoted(text);
                }
                case 1 -> {
                    String number = pick("0", "-12.340", "1E+400", "17");
                    edit.set(name, new BigDecimal(number));
                    return number;
                }
                case 2 -> {
                    boolean bool = random.nextBoolean();
                    edit.set(name, bool);
                    return String.valueOf(bool);
                }
                default -> {
                    String literal = pick(LITERALS);
                    byte[] json = literal.getBytes(UTF_8);
                    edit.set(name, new JsonValue(json, 0, json.length));
                    return literal;
                }
            }
        }

        private Member member(String name, String literal) {
            String quoted = quoted(name);
            // Any first letter may be written as an escape.
            String writtenName = random.nextInt(4) == 0 && quoted.matches("\"[a-z].*")
                    ? "\"\\u%04x%s".formatted((int) quoted.charAt(1), quoted.substring(2))
                    : quoted;
            return new Member(
                    name, pick(SPACES) + writtenName + pick(SPACES) + ":" + pick(SPACES), literal, pick(SPACES));
        }

        private String pick(String... of) {
            return of[random.nextInt(of.length)];
        }
    }

    /** An object as it is written, and what must become of it. */
    private static final class WrittenObject {
        final List<Member> members = new ArrayList<>();
        final Map<String, String> added = new LinkedHashMap<>();
        String inside = "";

        void set(String name, String literal) {
            for (int i = members.size() - 1; i >= 0; i--) {
                if (members.get(i).name.equals(name)) {
                    members.get(i).literal = literal;
                    members.get(i).removed = false;
                    return;
                }
            }
            added.put(name, literal);
        }

        void remove(String name) {
            added.remove(name);
            members.stream().filter(member -> member.name.equals(name)).forEach(member -> member.removed = true);
        }

        /** With every space, where nothing was removed. */
        String write() {
            StringBuilder text = new StringBuilder("{");
            for (int i = 0; i < members.size(); i++) {
                Member member = members.get(i);
                text.append(i == 0 ? "" : ",").append(member.before).append(member.literal);
                if (i == members.size() - 1) {
                    added.forEach((name, literal) ->
                            text.append(',').append(quoted(name)).append(':').append(literal));
                }
                text.append(member.after);
            }
            if (members.isEmpty()) {
                added.forEach((name, literal) -> text.append(text.length() > 1 ? "," : "")
                        .append(quoted(name))
                        .append(':')
                        .append(literal));
                text.append(inside);
            }
            return text.append('}').toString();
        }

        List<String> members() {
            List<String> all = new ArrayList<>();
            members.stream()
                    .filter(member -> !member.removed)
                    .forEach(member -> all.add(member.writtenName() + ":" + member.literal));
            added.forEach((name, literal) -> all.add(quoted(name) + ":" + literal));
            return all;
        }
    }

    private static final class Member {
        final String name;
        final String before;
        final String after;
        String literal;
        boolean removed;

        Member(String name, String before, String literal, String after) {
            this.name = name;
            this.before = before;
            this.literal = literal;
            this.after = after;
        }

        String writtenName() {
            return before.substring(before.indexOf('"'), before.lastIndexOf('"') + 1);
        }
    }

    private static List<String> members(ScannedObject object) {
        List<String> members = new ArrayList<>();
        for (int i = 0; i < object.size(); i++) {
            int start = object.nameStart(i) - 1;
            members.add(text(object, start, object.nameEnd(i) + 1) + ":"
                    + object.value(i).literal());
        }
        return members;
    }

    private static String written(JsonObject object) {
        return text(object, object.start(), object.end());
    }

    private static String text(JsonObject object, int start, int end) {
        return new String(object.document(), start, end - start, UTF_8);
    }

    private static String quoted(String text) {
        return new String(JsonText.quote(text), UTF_8);
    }
}
