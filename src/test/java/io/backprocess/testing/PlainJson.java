package io.backprocess.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** JSON for judges: the members of an object with the bytes of their values, found with Jackson alone. */
final class PlainJson {
    private PlainJson() {}

    /** A member of an object, with its value as it is written. */
    static final class Member {
        final String name;
        final byte[] value;

        Member(String name, byte[] value) {
            this.name = name;
            this.value = value;
        }
    }

    /** The last of that name has the value then, or one more at the end. */
    static List<Member> with(List<Member> members, String name, byte[] value) {
        List<Member> changed = new ArrayList<>(members);
        int last = members.stream().map(member -> member.name).toList().lastIndexOf(name);
        if (last < 0) {
            changed.add(new Member(name, value));
        } else {
            changed.set(last, new Member(name, value));
        }
        return changed;
    }

    /** Writes the members as an object. */
    static byte[] object(List<Member> members) {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        for (Member member : members) {
            json.writeBytes(utf8((json.size() == 0 ? "{" : ",") + quoted(member.name) + ":"));
            json.writeBytes(member.value);
        }
        json.writeBytes(utf8(members.isEmpty() ? "{}" : "}"));
        return json.toByteArray();
    }

    /** Writes a text between quotes. */
    static String quoted(String name) {
        return name.chars()
                .mapToObj(c -> c >= ' ' && c < 0x7F && c != '"' && c != '\\'
                        ? String.valueOf((char) c)
                        : "\\u%04x".formatted(c))
                .collect(Collectors.joining("", "\"", "\""));
    }

    /**
     * An object as text to compare: byte for byte, but for what stands around its members, and around those of the objects at the
     * paths.
     *
     * @param opened the paths of objects in it: {@code data}, {@code data/body}
     */
    static String normal(byte[] object, String... opened) {
        return membersOf(object).stream()
                .map(member -> member.name + ":" + normal(member, opened))
                .collect(Collectors.joining("\n ", "\n ", ""));
    }

    private static String normal(Member member, String... opened) {
        if (!is(member.value, "{") || !Arrays.asList(opened).contains(member.name)) {
            return latin1(member.value);
        }
        String[] below = Stream.of(opened)
                .filter(path -> path.startsWith(member.name + "/"))
                .map(path -> path.substring(member.name.length() + 1))
                .toArray(String[]::new);
        return "{" + normal(member.value, below) + "}";
    }

    /** The members in the order of their names. Where a schema has a place for all, null or an empty array stands for none. */
    static String sortedForm(byte[] envelope) {
        return membersOf(envelope).stream()
                .map(member -> member.name.equals("payload") ? new Member("payload", sorted(member.value)) : member)
                .map(member -> member.name + ":" + latin1(member.value))
                .sorted()
                .filter(line -> !isNothing(line))
                .collect(Collectors.joining("\n "));
    }

    private static byte[] sorted(byte[] payload) {
        return utf8(membersOf(payload).stream()
                .map(member -> member.name + ":" + latin1(member.value))
                .filter(line -> !isNothing(line))
                .sorted()
                .collect(Collectors.joining("\n  ", "{", "}")));
    }

    private static boolean isNothing(String line) {
        return line.endsWith(":null") || line.endsWith(":[]");
    }

    /** The value of a document, without what stands around it. */
    static byte[] valueOf(byte[] document) {
        byte[] json = withoutMark(document);
        try (JsonParser parser = StrictJson.JACKSON.createParser(json)) {
            parser.nextToken();
            return raw(parser, json);
        } catch (IOException e) {
            throw new AssertionError("was JSON before: " + latin1(json), e);
        }
    }

    static List<Member> membersOf(byte[] object) {
        List<Member> members = members(object);
        if (members == null) {
            throw new AssertionError("no object: " + latin1(object));
        }
        return members;
    }

    /** Null where it is no object. */
    static @Nullable List<Member> members(byte[] document) {
        byte[] json = withoutMark(document);
        try (JsonParser parser = StrictJson.JACKSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            List<Member> members = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.getText();
                parser.nextToken();
                members.add(new Member(name, raw(parser, json)));
            }
            return members;
        } catch (IOException e) {
            throw new AssertionError("was JSON before: " + latin1(json), e);
        }
    }

    static List<byte[]> elements(byte[] json) {
        try (JsonParser parser = StrictJson.JACKSON.createParser(json)) {
            parser.nextToken();
            List<byte[]> elements = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                elements.add(raw(parser, json));
            }
            return elements;
        } catch (IOException e) {
            throw new AssertionError("was JSON before: " + latin1(json), e);
        }
    }

    /** All numbers of a document, as they are written. */
    static Stream<String> numbers(byte[] document) {
        byte[] json = withoutMark(document);
        try (JsonParser parser = StrictJson.JACKSON.createParser(json)) {
            List<String> numbers = new ArrayList<>();
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isNumeric()) {
                    numbers.add(parser.getText());
                }
            }
            return numbers.stream();
        } catch (IOException e) {
            throw new AssertionError("was JSON before: " + latin1(json), e);
        }
    }

    /** The value that the parser stands at, as it is written. */
    private static byte[] raw(JsonParser parser, byte[] json) throws IOException {
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        return Arrays.copyOfRange(json, start, (int) parser.currentLocation().getByteOffset());
    }

    private static byte[] withoutMark(byte[] json) {
        boolean mark = json.length > 2 && json[0] == (byte) 0xEF && json[1] == (byte) 0xBB && json[2] == (byte) 0xBF;
        return mark ? Arrays.copyOfRange(json, 3, json.length) : json;
    }

    /** Of a string literal; null for all else. */
    static @Nullable String text(byte @Nullable [] literal) {
        if (!is(literal, "\"")) {
            return null;
        }
        try (JsonParser parser = StrictJson.JACKSON.createParser(literal)) {
            parser.nextToken();
            return parser.getText();
        } catch (IOException e) {
            throw new AssertionError("was a text before: " + latin1(literal), e);
        }
    }

    static boolean is(byte @Nullable [] literal, String firstBytes) {
        return literal != null && firstBytes.indexOf(literal[0]) >= 0;
    }

    static boolean isOne(byte[] number) {
        try {
            return new BigDecimal(latin1(number)).compareTo(BigDecimal.ONE) == 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    static byte @Nullable [] last(List<Member> members, String name) {
        for (int i = members.size() - 1; i >= 0; i--) {
            if (members.get(i).name.equals(name)) {
                return members.get(i).value;
            }
        }
        return null;
    }

    static String latin1(byte[] bytes) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    /** UTF-8; where there is a lone surrogate, which has none, each UTF-16 unit by itself. */
    static byte[] encode(String text) {
        if (UTF_8.newEncoder().canEncode(text)) {
            return utf8(text);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x800) {
                bytes.writeBytes(utf8(String.valueOf(c)));
            } else {
                bytes.write(0xE0 | (c >> 12));
                bytes.write(0x80 | ((c >> 6) & 0x3F));
                bytes.write(0x80 | (c & 0x3F));
            }
        }
        return bytes.toByteArray();
    }

    static byte[] utf8(String text) {
        return text.getBytes(UTF_8);
    }
}
