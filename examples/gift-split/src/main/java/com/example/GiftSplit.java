package com.example;

import io.backprocess.event.Event;
import io.backprocess.event.ProcessVersion;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.Results;
import io.backprocess.revise.Revision;
import java.math.BigDecimal;
import java.util.Map;

/** Version 1 → 2: a "Purchased" says what was bought, by its item's number. Gifts are purchases too. */
public final class GiftSplit implements Revision {
    private static final Map<String, String> NAMES = Map.of(
            "SKU-PREMIUM", "SubscriptionAPurchased",
            "SKU-GIFT", "GiftPurchased",
            "SKU-BASIC", "SubscriptionBPurchased");

    @Override
    public String name() {
        return "gift-split";
    }

    @Override
    public ProcessVersion from() {
        return ProcessVersion.of("1");
    }

    @Override
    public ProcessVersion to() {
        return ProcessVersion.of("2");
    }

    @Override
    public void revise(Event event, Results results) throws RejectedException {
        if (!"Purchased".equals(event.payload().text("actionType"))) {
            results.emit(event.edit());
            return;
        }
        BigDecimal amount = event.payload().number("amount");
        if (amount == null || amount.signum() < 0) {
            throw new RejectedException("Invalid amount: " + event.payload().get("amount"));
        }
        String sku = String.valueOf(event.payload().text("itemSku"));
        String name = NAMES.get(sku.substring(0, Math.max(0, sku.lastIndexOf('-'))));
        if (name == null) {
            throw new IllegalStateException("unknown item " + sku);
        }
        results.emit(event.edit().set("actionType", name));
    }
}
