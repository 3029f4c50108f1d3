package io.backprocess.revise.shipped;

import io.backprocess.event.Edit;
import io.backprocess.event.Event;
import io.backprocess.event.JsonObject;
import io.backprocess.event.JsonValue;
import io.backprocess.event.ProcessVersion;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.Results;
import io.backprocess.revise.Revision;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Converts version 1 to 2. A "Purchased" event now names the subscription that was bought, which its {@code itemSku} tells. A
 * purchase of several items becomes one event for each item. Other actions pass unchanged.
 */
public final class PurchaseSplit implements Revision {
    private static final String PREMIUM_PREFIX = "premium-prefix";
    private static final String BASIC_PREFIX = "basic-prefix";

    private String premiumPrefix = "SKU-PREMIUM-";
    private String basicPrefix = "SKU-BASIC-";

    @Override
    public String name() {
        return "purchase-split";
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
    public Set<String> options() {
        return Set.of(PREMIUM_PREFIX, BASIC_PREFIX);
    }

    @Override
    public void configure(Map<String, String> options) {
        premiumPrefix = options.getOrDefault(PREMIUM_PREFIX, premiumPrefix);
        basicPrefix = options.getOrDefault(BASIC_PREFIX, basicPrefix);
    }

    @Override
    public void revise(Event event, Results results) throws RejectedException {
        JsonObject payload = event.payload();
        if (!"Purchased".equals(payload.text("actionType"))) {
            results.emit(event.edit());
            return;
        }
        JsonValue items = payload.get("items");
        List<JsonValue> elements = items == null ? null : items.elements();
        if (elements == null || elements.isEmpty()) {
            Purchase purchase = purchase(payload);
            results.emit(named(event.edit(), purchase));
            return;
        }
        for (JsonValue element : elements) {
            Purchase purchase = purchase(element.object());
            results.emit(named(event.edit(), purchase)
                    .set("itemSku", purchase.itemSku)
                    .set("amount", purchase.amount)
                    .remove("items"));
        }
    }

    private record Purchase(JsonValue itemSku, JsonValue amount) {}

    private static Purchase purchase(@Nullable JsonObject object) throws RejectedException {
        JsonValue itemSku = object == null ? null : object.get("itemSku");
        JsonValue amount = object == null ? null : object.get("amount");
        if (itemSku == null || itemSku.isNull()) {
            throw RejectedException.missingContext("itemSku is missing");
        }
        if (amount == null || amount.isNull()) {
            throw RejectedException.missingContext("amount is missing");
        }
        if (!amount.isNumber() || amount.isNegative()) {
            throw new RejectedException("Invalid amount: " + amount.literal());
        }
        return new Purchase(itemSku, amount);
    }

    private Edit named(Edit edit, Purchase purchase) {
        String itemSku = purchase.itemSku.text();
        if (itemSku != null && itemSku.startsWith(premiumPrefix)) {
            return edit.set("actionType", "SubscriptionAPurchased");
        }
        if (itemSku != null && itemSku.startsWith(basicPrefix)) {
            return edit.set("actionType", "SubscriptionBPurchased");
        }
        return edit;
    }
}
