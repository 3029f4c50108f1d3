package io.backprocess.format.protobuf;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.Edition;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumOptions;
import com.google.protobuf.DescriptorProtos.EnumValueDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileOptions;
import com.google.protobuf.DescriptorProtos.MessageOptions;
import com.google.protobuf.DescriptorProtos.OneofDescriptorProto;
import com.google.protobuf.DescriptorProtos.OneofOptions;
import com.squareup.wire.Syntax;
import com.squareup.wire.schema.Field;
import com.squareup.wire.schema.Location;
import com.squareup.wire.schema.internal.parser.EnumElement;
import com.squareup.wire.schema.internal.parser.FieldElement;
import com.squareup.wire.schema.internal.parser.GroupElement;
import com.squareup.wire.schema.internal.parser.MessageElement;
import com.squareup.wire.schema.internal.parser.OneOfElement;
import com.squareup.wire.schema.internal.parser.ProtoFileElement;
import com.squareup.wire.schema.internal.parser.ProtoParser;
import com.squareup.wire.schema.internal.parser.TypeElement;
import io.backprocess.format.UnfitException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns the text of a .proto file into a descriptor: what matters on the wire and in JSON. Services, extensions, reserved numbers,
 * default values and custom options are left out.
 */
final class ProtoText {
    private static final Map<String, FieldDescriptorProto.Type> SCALARS = Stream.of(FieldDescriptorProto.Type.values())
            .filter(type -> type != FieldDescriptorProto.Type.TYPE_MESSAGE
                    && type != FieldDescriptorProto.Type.TYPE_GROUP
                    && type != FieldDescriptorProto.Type.TYPE_ENUM)
            .collect(Collectors.toMap(
                    type -> type.name().substring("TYPE_".length()).toLowerCase(Locale.ROOT), Function.identity()));

    private final boolean proto3;

    private ProtoText(boolean proto3) {
        this.proto3 = proto3;
    }

    /** A field, a field of a oneof, or a group, each with where it stands in the text. */
    private record Member(
            Location location,
            @Nullable FieldElement field,
            @Nullable GroupElement group,
            int oneof) {}

    /**
     * Parses a file.
     *
     * @throws UnfitException when the text is not a .proto file
     */
    static FileDescriptorProto parse(String path, String text) throws UnfitException {
        EditionStatement edition = EditionStatement.of(text);
        try {
            ProtoFileElement file =
                    ProtoParser.Companion.parse(Location.get(path), edition == null ? text : edition.asSyntax(text));
            return convert(path, file, edition == null ? null : edition.edition());
        } catch (RuntimeException | StackOverflowError e) {
            String why = e instanceof StackOverflowError ? "it is nested too deeply" : String.valueOf(e.getMessage());
            throw new UnfitException("%s is not a .proto file: %s"
                    .formatted(path, why.lines().findFirst().orElse("")));
        }
    }

    private static FileDescriptorProto convert(String path, ProtoFileElement file, @Nullable Edition edition) {
        ProtoText text = new ProtoText(edition == null && file.getSyntax() == Syntax.PROTO_3);
        FileDescriptorProto.Builder result = FileDescriptorProto.newBuilder()
                .setName(path)
                .addAllDependency(file.getImports())
                .addAllDependency(file.getPublicImports())
                .addAllDependency(file.getWeakImports())
                .setOptions(FileOptions.newBuilder().setFeatures(ProtoFeatures.of(file.getOptions())));
        for (int i = 0; i < file.getPublicImports().size(); i++) {
            result.addPublicDependency(file.getImports().size() + i);
        }
        if (file.getPackageName() != null) {
            result.setPackage(file.getPackageName());
        }
        if (edition != null) {
            result.setSyntax("editions").setEdition(edition);
        } else if (text.proto3) {
            result.setSyntax("proto3");
        }
        if (edition == null) {
            result.clearOptions();
        }
        for (TypeElement type : file.getTypes()) {
            if (type instanceof MessageElement message) {
                result.addMessageType(text.message(message));
            } else if (type instanceof EnumElement symbols) {
                result.addEnumType(symbols(symbols));
            }
        }
        return result.build();
    }

    private DescriptorProto message(MessageElement message) {
        DescriptorProto.Builder result = DescriptorProto.newBuilder().setName(message.getName());
        ProtoFeatures.ifAny(
                message.getOptions(), features -> result.getOptionsBuilder().setFeatures(features));
        if (message.getOptions().stream()
                .anyMatch(option -> option.getName().equals("message_set_wire_format")
                        && option.getValue().toString().equals("true"))) {
            result.getOptionsBuilder().setMessageSetWireFormat(true);
        }
        for (TypeElement type : message.getNestedTypes()) {
            if (type instanceof MessageElement nested) {
                result.addNestedType(message(nested));
            } else if (type instanceof EnumElement symbols) {
                result.addEnumType(symbols(symbols));
            }
        }
        List<Member> members = new ArrayList<>();
        message.getFields().forEach(each -> members.add(new Member(each.getLocation(), each, null, -1)));
        message.getGroups().forEach(each -> members.add(new Member(each.getLocation(), null, each, -1)));
        for (OneOfElement oneof : message.getOneOfs()) {
            int index = result.getOneofDeclCount();
            OneofDescriptorProto.Builder declared =
                    OneofDescriptorProto.newBuilder().setName(oneof.getName());
            ProtoFeatures.ifAny(
                    oneof.getOptions(),
                    features -> declared.setOptions(OneofOptions.newBuilder().setFeatures(features)));
            result.addOneofDecl(declared);
            oneof.getFields().forEach(each -> members.add(new Member(each.getLocation(), each, null, index)));
            oneof.getGroups().forEach(each -> members.add(new Member(each.getLocation(), null, each, index)));
        }
        members.sort(Comparator.comparingInt((Member each) -> each.location().getLine())
                .thenComparingInt(each -> each.location().getColumn()));
        members.forEach(member -> add(member, result));
        return result.build();
    }

    private void add(Member member, DescriptorProto.Builder message) {
        FieldDescriptorProto.Builder result = member.field() != null
                ? field(member.field(), message)
                : member.group() != null ? group(member.group(), message) : FieldDescriptorProto.newBuilder();
        if (member.oneof() >= 0) {
            result.setOneofIndex(member.oneof());
        }
        message.addField(result);
    }

    private FieldDescriptorProto.Builder field(FieldElement field, DescriptorProto.Builder message) {
        FieldDescriptorProto.Builder result = FieldDescriptorProto.newBuilder()
                .setName(field.getName())
                .setNumber(field.getTag())
                .setLabel(label(field.getLabel()));
        if (field.getType().startsWith("map<")) {
            DescriptorProto entry = entry(field);
            message.addNestedType(entry);
            result.setLabel(FieldDescriptorProto.Label.LABEL_REPEATED)
                    .setTypeName(entry.getName())
                    .setType(FieldDescriptorProto.Type.TYPE_MESSAGE);
        } else {
            setType(result, field.getType());
        }
        if (proto3 && field.getLabel() == Field.Label.OPTIONAL) {
            result.setProto3Optional(true);
        }
        ProtoFeatures.ifAny(
                field.getOptions(), features -> result.getOptionsBuilder().setFeatures(features));
        field.getOptions().stream()
                .filter(option -> option.getName().equals("packed") && !option.isParenthesized())
                .forEach(option -> result.getOptionsBuilder()
                        .setPacked(option.getValue().toString().equals("true")));
        return result;
    }

    private static FieldDescriptorProto.Label label(Field.@Nullable Label label) {
        return label == Field.Label.REPEATED
                ? FieldDescriptorProto.Label.LABEL_REPEATED
                : label == Field.Label.REQUIRED
                        ? FieldDescriptorProto.Label.LABEL_REQUIRED
                        : FieldDescriptorProto.Label.LABEL_OPTIONAL;
    }

    private static void setType(FieldDescriptorProto.Builder field, String type) {
        FieldDescriptorProto.Type scalar = SCALARS.get(type);
        if (scalar == null) {
            // Whether it is a message or an enum is only known when the name is resolved.
            field.setTypeName(type);
        } else {
            field.setType(scalar);
        }
    }

    /** Returns the message type of a map's entries, under the name that Protobuf gives it. */
    private static DescriptorProto entry(FieldElement map) {
        String types = map.getType().substring("map<".length(), map.getType().length() - 1);
        int comma = types.indexOf(',');
        FieldDescriptorProto.Builder key =
                FieldDescriptorProto.newBuilder().setName("key").setNumber(1);
        FieldDescriptorProto.Builder value =
                FieldDescriptorProto.newBuilder().setName("value").setNumber(2);
        setType(key, types.substring(0, comma).strip());
        setType(value, types.substring(comma + 1).strip());
        return DescriptorProto.newBuilder()
                .setName(camelCase(map.getName()) + "Entry")
                .setOptions(MessageOptions.newBuilder().setMapEntry(true))
                .addField(key.setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL))
                .addField(value.setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL))
                .build();
    }

    private static String camelCase(String name) {
        StringBuilder result = new StringBuilder();
        for (String word : name.split("_", -1)) {
            if (!word.isEmpty()) {
                result.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
            }
        }
        return result.toString();
    }

    private FieldDescriptorProto.Builder group(GroupElement group, DescriptorProto.Builder message) {
        DescriptorProto.Builder type = DescriptorProto.newBuilder().setName(group.getName());
        group.getFields().forEach(each -> type.addField(field(each, type)));
        message.addNestedType(type);
        return FieldDescriptorProto.newBuilder()
                .setName(group.getName().toLowerCase(Locale.ROOT))
                .setNumber(group.getTag())
                .setLabel(label(group.getLabel()))
                .setType(FieldDescriptorProto.Type.TYPE_GROUP)
                .setTypeName(group.getName());
    }

    private static EnumDescriptorProto symbols(EnumElement symbols) {
        EnumDescriptorProto.Builder result = EnumDescriptorProto.newBuilder().setName(symbols.getName());
        EnumOptions.Builder options = EnumOptions.newBuilder().setAllowAlias(true);
        ProtoFeatures.ifAny(symbols.getOptions(), options::setFeatures);
        symbols.getConstants()
                .forEach(each -> result.addValue(EnumValueDescriptorProto.newBuilder()
                        .setName(each.getName())
                        .setNumber(each.getTag())));
        return result.setOptions(options).build();
    }
}
