package io.backprocess.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** One envelope after another: the fields that the rule reads, and a sum over the other members. */
final class Envelope {
    private static final JsonFactory JSON = new JsonFactory();

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

    /** Tells whether the record is an envelope: JSON, with an eventId, a version and a payload. */
    boolean read(byte[] value) {
        idHash = rest = payloadRest = 0;
        version = 0;
        correlationId = action = itemSku = null;
        amount = null;
        hasId = hasVersion = hasPayload = amountThere = false;
        if (value == null) {
            return false;
        }
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
