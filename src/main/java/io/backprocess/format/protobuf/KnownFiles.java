package io.backprocess.format.protobuf;

import com.google.protobuf.AnyProto;
import com.google.protobuf.ApiProto;
import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.EmptyProto;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.JavaFeaturesProto;
import com.google.protobuf.SourceContextProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.TypeProto;
import com.google.protobuf.WrappersProto;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Files that a schema may import without a reference, as Confluent's registry implies them. */
final class KnownFiles {
    private static final Map<String, FileDescriptor> COMPILED = Stream.of(
                    AnyProto.getDescriptor(),
                    ApiProto.getDescriptor(),
                    DescriptorProtos.getDescriptor(),
                    DurationProto.getDescriptor(),
                    EmptyProto.getDescriptor(),
                    FieldMaskProto.getDescriptor(),
                    JavaFeaturesProto.getDescriptor(),
                    SourceContextProto.getDescriptor(),
                    StructProto.getDescriptor(),
                    TimestampProto.getDescriptor(),
                    TypeProto.getDescriptor(),
                    WrappersProto.getDescriptor())
            .collect(Collectors.toMap(FileDescriptor::getName, Function.identity()));

    private static final Set<String> TEXTS = Stream.concat(
                    Stream.of("confluent/meta.proto", "confluent/type/decimal.proto"),
                    Stream.of(
                                    "calendar_period",
                                    "color",
                                    "date",
                                    "datetime",
                                    "dayofweek",
                                    "decimal",
                                    "expr",
                                    "fraction",
                                    "interval",
                                    "latlng",
                                    "localized_text",
                                    "money",
                                    "month",
                                    "phone_number",
                                    "postal_address",
                                    "quaternion",
                                    "timeofday")
                            .map(name -> "google/type/" + name + ".proto"))
            .collect(Collectors.toUnmodifiableSet());

    /** A file that only options refer to, and these are not read. */
    private static final String CPP_FEATURES = "google/protobuf/cpp_features.proto";

    private KnownFiles() {}

    static @Nullable FileDescriptor compiled(String path) {
        return COMPILED.get(path);
    }

    /** Returns the text of a file that is known by its text; null for any other. */
    static @Nullable String text(String path) {
        if (path.equals(CPP_FEATURES)) {
            return "";
        }
        if (!TEXTS.contains(path)) {
            return null;
        }
        try (InputStream text = KnownFiles.class.getResourceAsStream(path)) {
            if (text == null) {
                throw new IllegalStateException("the jar lacks " + path);
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
