package io.backprocess.format.protobuf;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses a schema with its imports and links them. Protobuf's own library resolves the names, and the features of editions. */
final class ProtoFiles {
    private final Map<String, FileDescriptor> linked = new HashMap<>();

    private ProtoFiles() {}

    /**
     * Returns the schema's file.
     *
     * @throws UnfitException when a text is not a .proto file, an import is missing, or a name is not resolved
     */
    static FileDescriptor link(SchemaText schema) throws UnfitException {
        ProtoFiles files = new ProtoFiles();
        for (SchemaText.Reference each : schema.references()) {
            files.linked.put(each.name(), files.link(parse(each.name(), each.text())));
        }
        String name = "the schema";
        FileDescriptor file = files.link(parse(name, schema.text()));
        if (file.getMessageTypes().isEmpty()) {
            throw new UnfitException("the schema has no message type");
        }
        return file;
    }

    /** Parses text; some registries give the descriptor itself in Base64 instead. */
    private static FileDescriptorProto parse(String path, String text) throws UnfitException {
        try {
            return ProtoText.parse(path, text);
        } catch (UnfitException e) {
            try {
                byte[] descriptor = Base64.getDecoder().decode(text.strip());
                if (descriptor.length > 0) {
                    return FileDescriptorProto.parseFrom(descriptor).toBuilder()
                            .setName(path)
                            .build();
                }
            } catch (IllegalArgumentException | InvalidProtocolBufferException neither) {
                throw e;
            }
            throw e;
        }
    }

    private FileDescriptor link(FileDescriptorProto file) throws UnfitException {
        List<FileDescriptor> imports = new ArrayList<>();
        for (String path : file.getDependencyList()) {
            imports.add(imported(path, file.getName()));
        }
        try {
            FileDescriptor descriptor = FileDescriptor.buildFrom(file, imports.toArray(FileDescriptor[]::new));
            for (Descriptor message : descriptor.getMessageTypes()) {
                refuseMessageSets(message);
            }
            return descriptor;
        } catch (DescriptorValidationException e) {
            throw new UnfitException("%s cannot be used: %s".formatted(file.getName(), e.getMessage()));
        } catch (RuntimeException | StackOverflowError e) {
            throw new UnfitException("%s cannot be used: %s".formatted(file.getName(), e));
        }
    }

    private FileDescriptor imported(String path, String by) throws UnfitException {
        FileDescriptor file = linked.get(path);
        if (file == null) {
            file = known(path);
            if (file == null) {
                throw new UnfitException("%s imports %s, which is not among the references".formatted(by, path));
            }
            linked.put(path, file);
        }
        return file;
    }

    private @Nullable FileDescriptor known(String path) throws UnfitException {
        FileDescriptor compiled = KnownFiles.compiled(path);
        String text = compiled == null ? KnownFiles.text(path) : null;
        return text == null ? compiled : link(ProtoText.parse(path, text));
    }

    private static void refuseMessageSets(Descriptor message) throws UnfitException {
        if (message.getOptions().getMessageSetWireFormat()) {
            throw new UnfitException(message.getFullName() + " is a message set, which is not supported");
        }
        for (Descriptor nested : message.getNestedTypes()) {
            refuseMessageSets(nested);
        }
    }
}
