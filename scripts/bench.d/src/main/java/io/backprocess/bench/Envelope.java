package io.backprocess.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** One envelope after another: the fields that the rule reads, and a sum over the other members. */
final class Envelope {
    private static final JsonFactory JSON = new JsonFactory();

    private final AvroValues avro;

    long idHash;
    double version;
    String correlationId;
    String action;
    private String itemSku;
    private Double amount;
    private boolean amountThere;
    private long rest;
    private long payloadRest;
    private boolean hasId;
    private boolean hasVersion;
    private boolean hasPayload;

    /** @param registry the URL of the registry of values in Avro; empty if values are JSON */
    Envelope(String registry) {
        avro = registry.isEmpty() ? null : new AvroValues(registry);
    }

    /** Tells whether the record is an envelope, with an eventId, a version and a payload. */
    boolean read(byte[] value) {
        idHash = rest = payloadRest = 0;
        version = 0;
        correlationId = action = itemSku = null;
        amount = null;
        hasId = hasVersion = hasPayload = amountThere = false;
        if (value == null) {
            return false;
        }
        return avro == null ? readJson(value) : readAvro(value);
    }

    /** Sums up Avro's own types: decimals by their bytes, and times by their numbers. */
    private boolean readAvro(byte[] value) {
        GenericRecord envelope;
        try {
            envelope = avro.read(value);
        } catch (IOException | RuntimeException e) {
            return false;
        }
        GenericRecord payload = (GenericRecord) envelope.get("payload");
        idHash = Hashes.mix(Hashes.of(envelope.get("eventId").toString())) | 1;
        version = (int) envelope.get("processVersion");
        correlationId = envelope.get("correlationId").toString();
        rest = sum(envelope, 0, Set.of("eventId", "processVersion", "correlationId", "payload"));
        action = payload.get("actionType").toString();
        itemSku = payload.get("itemSku").toString();
        ByteBuffer bytes = (ByteBuffer) payload.get("amount");
        amountThere = bytes != null;
        amount = bytes == null ? null : (double) bytes.get(bytes.position());
        payloadRest = sum(payload, 1, Set.of("actionType", "itemSku"));
        return true;
    }

    /** Returns a sum over all leaves of a record, each with its path. */
    private static long sum(GenericRecord record, long path, Set<String> without) {
        long sum = 0;
        for (Schema.Field field : record.getSchema().getFields()) {
            if (!without.contains(field.name())) {
                sum += sum(
                        record.get(field.pos()), Hashes.mix(path) + field.name().hashCode());
            }
        }
        return sum;
    }

    private static long sum(Object value, long path) {
        if (value instanceof GenericRecord record) {
            return sum(record, path, Set.of());
        }
        long sum = 0;
        if (value instanceof ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            sum = Hashes.mix(Hashes.mix(path) + Hashes.of(copy));
        } else if (value instanceof List<?> items) {
            for (int i = 0; i < items.size(); i++) {
                sum += sum(items.get(i), Hashes.mix(path) - i - 1);
            }
        } else if (value != null) {
            sum = Hashes.mix(Hashes.mix(path) + Hashes.of(value.toString()));
        }
        return sum;
    }

    private boolean readJson(byte[] value) {
        try (JsonParser parser = JSON.createParser(value)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                member(parser.currentName(), parser);
            }
            return parser.nextToken() == null && hasId && hasVersion && hasPayload;
        } catch (IOException e) {
            return false;
        }
    }

    private void member(String name, JsonParser parser) throws IOException {
        JsonToken token = parser.nextToken();
        switch (name) {
            case "eventId" -> {
                hasId = token == JsonToken.VALUE_STRING && parser.getTextLength() > 0;
                idHash = Hashes.mix(Hashes.text(parser)) | 1;
            }
            case "processVersion" -> {
                hasVersion = token.isNumeric();
                version = hasVersion ? parser.getDoubleValue() : 0;
            }
            case "correlationId" -> correlationId = parser.getValueAsString();
            case "payload" -> {
                hasPayload = token == JsonToken.START_OBJECT;
                if (hasPayload) {
                    payload(parser);
                } else {
                    rest += value(parser, name.hashCode());
                }
            }
            default -> rest += value(parser, name.hashCode());
        }
    }

    private void payload(JsonParser parser) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            JsonToken token = parser.nextToken();
            switch (name) {
                case "actionType" -> action = parser.getValueAsString();
                case "itemSku" -> itemSku = parser.getValueAsString();
                case "amount" -> {
                    amountThere = token != JsonToken.VALUE_NULL;
                    amount = token.isNumeric() ? parser.getDoubleValue() : null;
                    payloadRest += value(parser, name.hashCode());
                }
                default -> payloadRest += value(parser, name.hashCode());
            }
        }
    }

    /** Returns a sum over all leaves of a value, each with its path. */
    private static long value(JsonParser parser, long path) throws IOException {
        JsonToken token = parser.currentToken();
        long sum = 0;
        switch (token) {
            case START_OBJECT -> {
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    long member = Hashes.mix(path) + parser.currentName().hashCode();
                    parser.nextToken();
                    sum += value(parser, member);
                }
            }
            case START_ARRAY -> {
                for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                    sum += value(parser, Hashes.mix(path) - i - 1);
                }
            }
            case VALUE_NULL -> sum = 0;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                sum = Hashes.mix(Hashes.mix(path) + Double.doubleToLongBits(parser.getDoubleValue()) + 1);
            default -> sum = Hashes.mix(Hashes.mix(path) + Hashes.text(parser));
        }
        return sum;
    }

    boolean isRejected() {
        return "Purchased".equals(action) && (itemSku == null || !amountThere || amount == null || amount < 0);
    }

    String revisedAction() {
        if ("Purchased".equals(action) && itemSku.startsWith("SKU-PREMIUM-")) {
            return "SubscriptionAPurchased";
        }
        if ("Purchased".equals(action) && itemSku.startsWith("SKU-BASIC-")) {
            return "SubscriptionBPurchased";
        }
        return action;
    }

    long payloadHash() {
        return Hashes.mix(payloadRest + Hashes.of(action) * 31 + Hashes.of(itemSku) * 37);
    }

    long resultHash(byte[] key, double newVersion, String newAction) {
        long h = Hashes.mix(rest) + Hashes.mix(payloadRest * 3) + Hashes.mix(idHash * 5);
        h = Hashes.mix(h + Hashes.of(newAction)) + Hashes.of(itemSku);
        return Hashes.mix(h + Hashes.of(key) * 31 + Double.doubleToLongBits(newVersion));
    }
}
