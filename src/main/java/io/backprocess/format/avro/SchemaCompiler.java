package io.backprocess.format.avro;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.json.JsonScanner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.apache.avro.util.internal.Accessor;
import org.jspecify.annotations.Nullable;

/** Makes types of a schema. Records wait in a queue, so that their number does not cost stack. */
final class SchemaCompiler {
    private final Map<String, RecordType> records = new LinkedHashMap<>();
    private final Map<String, EnumType> enums = new HashMap<>();
    private final Map<RecordType, @Nullable JsonNode[]> defaults = new LinkedHashMap<>();

    private record OpenRecord(RecordType type, Schema schema) {}

    private final Deque<OpenRecord> open = new ArrayDeque<>();

    private SchemaCompiler() {}

    /**
     * Returns the type of the text's schema. Names and defaults need not follow the specification, since registries have taken
     * schemas of writers whose libraries do not check them.
     */
    static AvroType compile(SchemaText text) throws UnfitException {
        try {
            Schema.Parser parser = new Schema.Parser(NameValidator.NO_VALIDATION).setValidateDefaults(false);
            for (SchemaText.Reference reference : text.references()) {
                // To resolve the names after each reference again would take the library seconds for a few hundred.
                parse(parser::parseInternal, reference.text(), "the schema of the reference " + reference.name());
            }
            return new SchemaCompiler().compile(parse(parser::parse, text.text(), "the schema"));
        } catch (StackOverflowError e) {
            throw new UnfitException("the schema is nested too deeply");
        }
    }

    private static Schema parse(Function<String, Schema> parser, String text, String what) throws UnfitException {
        try {
            return parser.apply(text);
        } catch (RuntimeException e) {
            // The library throws what comes along: its own exceptions, and null pointers for missing parts.
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String reason =
                    String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
            throw new UnfitException("%s does not parse: %s".formatted(what, reason));
        }
    }

    private AvroType compile(Schema schema) throws UnfitException {
        AvroType root = type(schema);
        while (!open.isEmpty()) {
            OpenRecord record = open.pop();
            setFields(record.type(), record.schema());
        }
        // Records are empty if those inside are, which mostly come later.
        List<RecordType> innerFirst = new ArrayList<>(records.values());
        Collections.reverse(innerFirst);
        boolean news = true;
        while (news) {
            news = false;
            for (RecordType record : innerFirst) {
                news |= record.noteWhetherEmpty();
            }
        }
        DefaultValues.encode(defaults);
        return root;
    }

    private void setFields(RecordType record, Schema schema) throws UnfitException {
        List<String> names = new ArrayList<>();
        List<Set<String>> aliases = new ArrayList<>();
        List<AvroType> types = new ArrayList<>();
        List<@Nullable JsonNode> nodes = new ArrayList<>();
        for (Schema.Field field : schema.getFields()) {
            if (field.name().getBytes(StandardCharsets.UTF_8).length > JsonScanner.MAX_NAME_LENGTH) {
                throw new UnfitException("the schema has a field name of more than %d bytes in record %s"
                        .formatted(JsonScanner.MAX_NAME_LENGTH, record.name()));
            }
            names.add(field.name());
            aliases.add(field.aliases());
            types.add(type(field.schema()));
            nodes.add(Accessor.defaultValue(field));
        }
        record.setFields(names, aliases, types);
        defaults.put(record, nodes.toArray(JsonNode[]::new));
    }

    private AvroType type(Schema schema) throws UnfitException {
        LogicalType logical = schema.getLogicalType();
        AvroType type = logical == null ? null : logicalType(logical, schema);
        return type == null ? plainType(schema) : type;
    }

    /** Returns the type of a logical type; null if it is none that Avro's specification has. */
    private static @Nullable AvroType logicalType(LogicalType logical, Schema schema) {
        boolean fixed = schema.getType() == Schema.Type.FIXED;
        return switch (logical.getName()) {
            case "decimal" -> {
                if (!(logical instanceof LogicalTypes.Decimal decimal)) {
                    yield null;
                }
                int size = fixed ? schema.getFixedSize() : BytesType.ANY;
                yield new DecimalType(decimal.getPrecision(), decimal.getScale(), size);
            }
            case "big-decimal" -> new BigDecimalType();
            case "uuid" -> fixed ? new UuidType() : new StringType(true);
            case "duration" -> new DurationType();
            case "date" -> TimeType.DATE;
            case "time-millis" -> TimeType.TIME_MILLIS;
            case "time-micros" -> TimeType.TIME_MICROS;
            case "timestamp-millis" -> TimeType.TIMESTAMP_MILLIS;
            case "timestamp-micros" -> TimeType.TIMESTAMP_MICROS;
            case "timestamp-nanos" -> TimeType.TIMESTAMP_NANOS;
            case "local-timestamp-millis" -> TimeType.LOCAL_TIMESTAMP_MILLIS;
            case "local-timestamp-micros" -> TimeType.LOCAL_TIMESTAMP_MICROS;
            case "local-timestamp-nanos" -> TimeType.LOCAL_TIMESTAMP_NANOS;
            default -> null;
        };
    }

    private AvroType plainType(Schema schema) throws UnfitException {
        return switch (schema.getType()) {
            case NULL -> new NullType();
            case BOOLEAN -> new BooleanType();
            case INT -> new IntegerType(false);
            case LONG -> new IntegerType(true);
            case FLOAT -> new FloatingType(false);
            case DOUBLE -> new FloatingType(true);
            case STRING -> new StringType(false);
            case BYTES -> new BytesType(BytesType.ANY);
            case FIXED -> new BytesType(schema.getFixedSize());
            case ENUM -> enumType(schema);
            case ARRAY -> new ArrayType(type(schema.getElementType()));
            case MAP -> new MapType(type(schema.getValueType()));
            case UNION -> {
                List<AvroType> branches = new ArrayList<>();
                for (Schema branch : schema.getTypes()) {
                    branches.add(type(branch));
                }
                yield new UnionType(branches);
            }
            case RECORD -> recordType(schema);
        };
    }

    private AvroType enumType(Schema schema) throws UnfitException {
        // The library lets a symbol pass that is not a text.
        if (schema.getEnumSymbols().contains(null)) {
            throw new UnfitException("enum %s has a symbol that is not a text".formatted(schema.getFullName()));
        }
        return enums.computeIfAbsent(schema.getFullName(), name -> new EnumType(name, schema.getEnumSymbols()));
    }

    private AvroType recordType(Schema schema) {
        return records.computeIfAbsent(schema.getFullName(), name -> {
            RecordType record = new RecordType(name);
            open.add(new OpenRecord(record, schema));
            return record;
        });
    }
}
