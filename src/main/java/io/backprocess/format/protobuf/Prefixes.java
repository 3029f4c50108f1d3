package io.backprocess.format.protobuf;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.backprocess.format.UnfitException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The message types of a file, and what stands before a message to name its type. */
final class Prefixes {
    private static final int MAX_NESTING = 100;

    private final Map<List<Integer>, MessageType> types = new LinkedHashMap<>();
    private final Map<String, List<Integer>> indexes = new HashMap<>();
    private final String filePackage;

    /** Where a message begins, and its type. */
    record Start(MessageType type, int at) {}

    Prefixes(FileDescriptor file, TypeCompiler compiler) throws UnfitException {
        filePackage = file.getPackage().isEmpty() ? "" : file.getPackage() + ".";
        note(file.getMessageTypes(), List.of(), compiler);
    }

    /** Notes the types with their indexes. Entries of maps have none, as in Confluent's serializer. */
    private void note(List<Descriptor> messages, List<Integer> outer, TypeCompiler compiler) throws UnfitException {
        int index = 0;
        for (Descriptor message : messages) {
            if (!message.getOptions().getMapEntry()) {
                List<Integer> place = new ArrayList<>(outer);
                place.add(index++);
                types.put(List.copyOf(place), compiler.compile(message));
                indexes.put(message.getFullName(), List.copyOf(place));
                note(message.getNestedTypes(), place, compiler);
            }
        }
    }

    MessageType first() {
        return types.values().iterator().next();
    }

    /** Returns the type of a full name; the first type where there is none. */
    MessageType named(String fullName) {
        List<Integer> place = indexes.get(fullName);
        return place == null ? first() : types.getOrDefault(place, first());
    }

    /** Reads what stands before a message. */
    Start read(MessagePrefix prefix, WireInput in, int from) throws UnfitException {
        in.seek(from, in.bytes().length);
        return switch (prefix) {
            case NONE -> throw new IllegalArgumentException("no prefix names a type");
            case CONFLUENT -> confluent(in, from);
            case APICURIO_REF -> apicurio(in, from);
        };
    }

    /** Returns the type that Confluent's message indexes name. */
    MessageType ofIndexes(byte[] bytes) throws UnfitException {
        WireInput in = new WireInput(bytes, new Trail());
        Start start = read(MessagePrefix.CONFLUENT, in, 0);
        if (!in.isAtEnd()) {
            throw in.unfit("%d bytes after the message indexes".formatted(bytes.length - start.at()), start.at());
        }
        return start.type();
    }

    /** Returns the type of a full name, or of a name in the package of the file. */
    MessageType ofName(String name) throws UnfitException {
        MessageType type = find(name);
        if (type == null) {
            throw new UnfitException("the schema has no message type '%s'".formatted(Trail.shorten(name)));
        }
        return type;
    }

    /** Returns the type of such a name; null where there is none. */
    @Nullable
    MessageType find(String name) {
        List<Integer> place = indexes.get(filePackage + name);
        place = place == null ? indexes.get(name) : place;
        return place == null ? null : types.get(place);
    }

    private Start confluent(WireInput in, int from) throws UnfitException {
        long count = zigzag(in);
        List<Integer> place = new ArrayList<>();
        if (count < 0 || count > MAX_NESTING) {
            throw in.unfit("%d message indexes".formatted(count), from);
        }
        for (long i = 0; i < count; i++) {
            place.add((int) zigzag(in));
        }
        if (place.isEmpty()) {
            place.add(0);
        }
        MessageType type = types.get(place);
        if (type == null) {
            throw in.unfit("the schema has no message type %s".formatted(place), from);
        }
        return new Start(type, in.at());
    }

    private static long zigzag(WireInput in) throws UnfitException {
        int start = in.at();
        long bits = in.varint();
        if (bits >>> Integer.SIZE != 0) {
            throw in.unfit("a message index of more than 32 bits", start);
        }
        return FieldKind.SINT32.value(bits);
    }

    private Start apicurio(WireInput in, int from) throws UnfitException {
        long length = in.varint();
        int start = in.at();
        int left = in.bytes().length - start;
        if (length < 0 || length > left) {
            throw in.unfit("a Ref of %s bytes where %d are left".formatted(Long.toUnsignedString(length), left), from);
        }
        String name = "";
        in.seek(start, start + (int) length);
        while (!in.isAtEnd()) {
            int tag = in.tag();
            in.skip(tag);
            if (tag == (1 << 3 | FieldKind.LENGTH)) {
                name = new String(in.bytes(), in.valueStart(), in.valueEnd() - in.valueStart(), StandardCharsets.UTF_8);
            }
        }
        return new Start(ofName(name), start + (int) length);
    }

    String shortName(MessageType type) {
        return type.name().substring(filePackage.length());
    }

    /** Returns what stands before a message of the type. */
    byte[] write(MessagePrefix prefix, MessageType type) {
        ByteOut out = new ByteOut(16);
        List<Integer> place = indexes.getOrDefault(type.name(), List.of(0));
        if (prefix == MessagePrefix.CONFLUENT) {
            if (place.equals(List.of(0))) {
                out.varint(0);
            } else {
                out.varint(FieldKind.SINT32.bits(place.size()));
                place.forEach(index -> out.varint(FieldKind.SINT32.bits(index)));
            }
        } else if (prefix == MessagePrefix.APICURIO_REF) {
            return ref(shortName(type));
        }
        return out.toBytes();
    }

    private static byte[] ref(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        ByteOut ref = new ByteOut(bytes.length + 8);
        ref.tag(1 << 3 | FieldKind.LENGTH);
        ref.varint(bytes.length);
        ref.put(bytes);
        ByteOut out = new ByteOut(ref.length() + 8);
        out.varint(ref.length());
        out.put(ref.toBytes());
        return out.toBytes();
    }

    static boolean beginsWithRef(byte[] value, String name) {
        byte[] ref = ref(name);
        return value.length >= ref.length && Arrays.equals(value, 0, ref.length, ref, 0, ref.length);
    }
}
