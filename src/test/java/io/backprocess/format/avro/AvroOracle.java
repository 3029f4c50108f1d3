package io.backprocess.format.avro;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.backprocess.json.JsonText;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;

/** The JSON of a value as the page on formats describes it, made of the objects of Avro's library. */
final class AvroOracle {
    private AvroOracle() {}

    static String json(Schema schema, Object value) {
        String logical =
                schema.getLogicalType() == null ? "" : schema.getLogicalType().getName();
        return switch (schema.getType()) {
            case RECORD ->
                schema.getFields().stream()
                        .map(field -> quote(field.name()) + ":"
                                + json(field.schema(), ((IndexedRecord) value).get(field.pos())))
                        .collect(Collectors.joining(",", "{", "}"));
            case ARRAY ->
                ((List<?>) value)
                        .stream()
                                .map(each -> json(schema.getElementType(), each))
                                .collect(Collectors.joining(",", "[", "]"));
            case MAP ->
                ((Map<?, ?>) value)
                        .entrySet().stream()
                                .map(each -> quote(each.getKey()) + ":" + json(schema.getValueType(), each.getValue()))
                                .collect(Collectors.joining(",", "{", "}"));
            case UNION -> {
                Schema branch = schema.getTypes().get(GenericData.get().resolveUnion(schema, value));
                yield json(branch, value);
            }
            case STRING, ENUM -> quote(value);
            case NULL, BOOLEAN -> String.valueOf(value);
            case INT, LONG -> number(logical, ((Number) value).longValue());
            case FLOAT -> Float.isFinite((Float) value) ? NumberOutput.toString((Float) value, true) : quote(value);
            case DOUBLE -> Double.isFinite((Double) value) ? NumberOutput.toString((Double) value, true) : quote(value);
            case BYTES -> bytes(schema, logical, bytes((ByteBuffer) value));
            case FIXED -> bytes(schema, logical, ((GenericFixed) value).bytes());
        };
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static String quote(Object text) {
        return new String(JsonText.quote(text.toString()), StandardCharsets.UTF_8);
    }

    private static String bytes(Schema schema, String logical, byte[] value) {
        ByteBuffer parts = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        return switch (logical) {
            case "decimal" ->
                new BigDecimal(new BigInteger(value), ((LogicalTypes.Decimal) schema.getLogicalType()).getScale())
                        .toPlainString();
            case "uuid" ->
                quote(new java.util.UUID(
                        ByteBuffer.wrap(value).getLong(), ByteBuffer.wrap(value).getLong(8)));
            case "duration" -> {
                Duration time = Duration.ofMillis(Integer.toUnsignedLong(parts.getInt(8)));
                yield quote("P%sM%sDT%d.%03dS"
                        .formatted(
                                Integer.toUnsignedString(parts.getInt(0)),
                                Integer.toUnsignedString(parts.getInt(4)),
                                time.toSeconds(),
                                time.toMillisPart()));
            }
            default -> quote(Base64.getEncoder().encodeToString(value));
        };
    }

    private static String number(String logical, long value) {
        int digits = logical.endsWith("millis") ? 3 : logical.endsWith("micros") ? 6 : 9;
        ChronoUnit unit = digits == 3 ? ChronoUnit.MILLIS : digits == 6 ? ChronoUnit.MICROS : ChronoUnit.NANOS;
        DateTimeFormatter time = new DateTimeFormatterBuilder()
                .appendPattern("HH:mm:ss")
                .appendFraction(java.time.temporal.ChronoField.NANO_OF_SECOND, digits, digits, true)
                .toFormatter(java.util.Locale.ROOT);
        if (logical.startsWith("timestamp") || logical.startsWith("local-timestamp")) {
            OffsetDateTime at = Instant.EPOCH.atOffset(ZoneOffset.UTC).plus(value, unit);
            LocalDateTime local = at.toLocalDateTime();
            return quote(local.toLocalDate() + "T" + time.format(local) + (logical.startsWith("local") ? "" : "Z"));
        }
        if (logical.startsWith("time-")) {
            boolean inDay = value >= 0 && value < Duration.ofDays(1).dividedBy(unit.getDuration());
            return inDay ? quote(time.format(LocalTime.MIDNIGHT.plus(value, unit))) : Long.toString(value);
        }
        return logical.equals("date") ? quote(LocalDate.ofEpochDay(value)) : Long.toString(value);
    }
}
