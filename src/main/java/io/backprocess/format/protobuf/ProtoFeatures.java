package io.backprocess.format.protobuf;

import com.google.protobuf.DescriptorProtos.FeatureSet;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.squareup.wire.schema.internal.parser.OptionElement;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The features of an edition that a file, type or field sets; those of single languages are left out. */
final class ProtoFeatures {
    private static final String FEATURES = "features";

    private ProtoFeatures() {}

    static void ifAny(List<OptionElement> options, Consumer<FeatureSet> use) {
        FeatureSet features = of(options);
        if (!features.equals(FeatureSet.getDefaultInstance())) {
            use.accept(features);
        }
    }

    static FeatureSet of(List<OptionElement> options) {
        FeatureSet.Builder features = FeatureSet.newBuilder();
        for (OptionElement option : options) {
            if (option.isParenthesized()) {
                continue;
            }
            if (option.getName().equals(FEATURES) && option.getValue() instanceof Map<?, ?> values) {
                values.forEach((name, value) -> set(features, String.valueOf(name), value));
            } else if (option.getName().equals(FEATURES) && option.getValue() instanceof OptionElement inner) {
                set(features, inner.getName(), inner.getValue());
            } else if (option.getName().startsWith(FEATURES + ".")) {
                set(features, option.getName().substring(FEATURES.length() + 1), option.getValue());
            }
        }
        return features.build();
    }

    private static void set(FeatureSet.Builder features, String name, Object value) {
        FieldDescriptor feature = FeatureSet.getDescriptor().findFieldByName(name);
        if (feature != null && feature.getJavaType() == FieldDescriptor.JavaType.ENUM) {
            String symbol = value instanceof OptionElement.OptionPrimitive primitive
                    ? String.valueOf(primitive.getValue())
                    : String.valueOf(value);
            EnumValueDescriptor setting = feature.getEnumType().findValueByName(symbol);
            if (setting == null) {
                throw new IllegalArgumentException("feature %s has no setting %s".formatted(name, symbol));
            }
            features.setField(feature, setting);
        }
    }
}
