package io.backprocess.event;

import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The Flink type of the values that travel between steps. All of them have one serializer, {@link TravelSerializer}. */
public final class TravelType<T> extends TypeInformation<T> {
    private static final long serialVersionUID = 1;

    private final Class<T> type;
    private final EnvelopeMapping mapping;

    private TravelType(Class<T> type, EnvelopeMapping mapping) {
        this.type = type;
        this.mapping = mapping;
    }

    /** Returns the type of values without an event, or whose events have Backprocess's own envelope. */
    public static <T> TravelType<T> of(Class<T> type) {
        return of(type, EnvelopeMapping.OWN);
    }

    /** @param mapping how the events among the values are read back */
    public static <T> TravelType<T> of(Class<T> type, EnvelopeMapping mapping) {
        return new TravelType<>(type, mapping);
    }

    @Override
    public TypeSerializer<T> createSerializer(SerializerConfig config) {
        return new TravelSerializer<>(mapping);
    }

    @Override
    public Class<T> getTypeClass() {
        return type;
    }

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof TravelType;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TravelType<?> travel && travel.type.equals(type);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(type);
    }

    @Override
    public String toString() {
        return type.getSimpleName();
    }
}
