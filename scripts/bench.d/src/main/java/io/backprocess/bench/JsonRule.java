package io.backprocess.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/**
 * The rule of the revision purchase-split for envelopes of one item, as it is usually written: it changes a Jackson
 * tree, which becomes the result. (Reader and writer are kept, because getting them from the mapper each time costs more.)
 */
final class JsonRule implements Rule<ObjectNode> {
    private final ObjectReader reader;
    private final ObjectWriter writer;
    private final String correlationId;

    /** @param correlationId the correlationId of the results */
    JsonRule(String correlationId) {
        ObjectMapper json = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        this.reader = json.readerFor(ObjectNode.class);
        this.writer = json.writerFor(ObjectNode.class);
        this.correlationId = correlationId;
    }

    @Override
    public ObjectNode read(byte[] value) throws RejectedException {
        ObjectNode envelope;
        try {
            envelope = reader.readValue(value);
        } catch (IOException e) {
            throw new RejectedException("no JSON object: " + e.getMessage());
        }
        if (!envelope.path("eventId").isTextual() || eventId(envelope).isEmpty()) {
            throw new RejectedException("no eventId");
        }
        if (!envelope.path("processVersion").isNumber()
                || !envelope.path("payload").isObject()) {
            throw new RejectedException("no processVersion, or no payload");
        }
        return envelope;
    }

    @Override
    public boolean isVersion1(ObjectNode envelope) {
        return envelope.get("processVersion").doubleValue() == 1;
    }

    @Override
    public String eventId(ObjectNode envelope) {
        return envelope.get("eventId").textValue();
    }

    @Override
    public byte[] revise(ObjectNode envelope) throws RejectedException, JsonProcessingException {
        ObjectNode payload = (ObjectNode) envelope.get("payload");
        if ("Purchased".equals(payload.path("actionType").textValue())) {
            JsonNode itemSku = payload.path("itemSku");
            JsonNode amount = payload.path("amount");
            if (itemSku.isMissingNode() || itemSku.isNull() || amount.isMissingNode() || amount.isNull()) {
                throw new RejectedException("itemSku or amount is missing");
            }
            if (!amount.isNumber() || amount.doubleValue() < 0) {
                throw new RejectedException("Invalid amount: " + amount);
            }
            if (itemSku.asText().startsWith("SKU-PREMIUM-")) {
                payload.put("actionType", "SubscriptionAPurchased");
            } else if (itemSku.asText().startsWith("SKU-BASIC-")) {
                payload.put("actionType", "SubscriptionBPurchased");
            }
        }
        envelope.put("correlationId", correlationId);
        envelope.put("processVersion", 2);
        return writer.writeValueAsBytes(envelope);
    }
}
