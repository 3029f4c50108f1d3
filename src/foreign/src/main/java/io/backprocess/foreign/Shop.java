package io.backprocess.foreign;

import java.math.BigDecimal;
import java.time.Instant;
import org.axonframework.serialization.Revision;

/** The events of the shop. */
final class Shop {
    static final long TIME = Instant.parse("2024-03-01T10:15:30.123Z").toEpochMilli();

    private Shop() {}

    /** An event without a revision. */
    public record Purchased(String userId, String actionType, String itemSku, BigDecimal amount) {}

    /** An event with a revision. */
    @Revision("2")
    public record Refunded(String userId, String actionType, String itemSku, BigDecimal amount) {}

    static Purchased purchased(int n) {
        return new Purchased("user-" + n, "Purchased", "SKU-BASIC-" + n, new BigDecimal("9.50"));
    }

    static Refunded refunded(int n) {
        return new Refunded("user-" + n, "Refunded", "SKU-BASIC-" + n, new BigDecimal("9.50"));
    }

    /** The payload as a program would write it by hand. */
    static String json(int n) {
        return "{\"userId\":\"user-%d\",\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-%d\",\"amount\":9.50}"
                .formatted(n, n);
    }
}
