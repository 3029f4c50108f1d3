package io.backprocess.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;

/** The rule on Avro's generic records. They and their texts are reused, and decimals are not made of their bytes. */
final class AvroRule implements Rule<GenericRecord> {
    private final AvroValues values;
    private final Utf8 correlationId;

    AvroRule(String correlationId, String registry) {
        this.values = new AvroValues(registry);
        this.correlationId = new Utf8(correlationId);
    }

    @Override
    public GenericRecord read(byte[] value) throws RejectedException {
        try {
            return values.read(value);
        } catch (IOException | RuntimeException e) {
            throw new RejectedException("no Avro value: " + e.getMessage());
        }
    }

    @Override
    public boolean isVersion1(GenericRecord envelope) {
        return (int) envelope.get("processVersion") == 1;
    }

    @Override
    public String eventId(GenericRecord envelope) {
        return envelope.get("eventId").toString();
    }

    @Override
    public byte[] revise(GenericRecord envelope) throws RejectedException, IOException {
        GenericRecord payload = (GenericRecord) envelope.get("payload");
        if ("Purchased".equals(payload.get("actionType").toString())) {
            ByteBuffer amount = (ByteBuffer) payload.get("amount");
            if (amount == null) {
                throw new RejectedException("amount is missing");
            }
            if (amount.get(amount.position()) < 0) {
                throw new RejectedException("Invalid amount");
            }
            String itemSku = payload.get("itemSku").toString();
            if (itemSku.startsWith("SKU-PREMIUM-")) {
                payload.put("actionType", new Utf8("SubscriptionAPurchased"));
            } else if (itemSku.startsWith("SKU-BASIC-")) {
                payload.put("actionType", new Utf8("SubscriptionBPurchased"));
            }
        }
        envelope.put("correlationId", correlationId);
        envelope.put("processVersion", 2);
        return values.write(envelope);
    }
}
