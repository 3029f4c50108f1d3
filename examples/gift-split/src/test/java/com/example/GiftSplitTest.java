package com.example;

import io.backprocess.event.Reason;
import io.backprocess.revise.testkit.RevisionTester;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class GiftSplitTest {
    private final RevisionTester tester = RevisionTester.named("gift-split");

    @Test
    void saysThatAPurchaseWasAGift() {
        tester.givenPayload("{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-GIFT-0007\",\"amount\":99.990,\"note\":\"caf\\u00e9\"}")
                .givesPayloads("{\"actionType\":\"GiftPurchased\",\"itemSku\":\"SKU-GIFT-0007\",\"amount\":99.990,\"note\":\"caf\\u00e9\"}");
    }

    @Test
    void leavesOtherActionsAsTheyAre() {
        tester.givenPayload("{\"actionType\":\"Viewed\"}").givesPayloads("{\"actionType\":\"Viewed\"}");
    }

    @Test
    void rejectsAnAmountBelowZero() {
        tester.givenPayload("{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-GIFT-0007\",\"amount\":-999}")
                .isRejected("Invalid amount: -999");
    }

    @Test
    void doesNotGuessAtAnItemThatItDoesNotKnow() {
        tester.givenPayload("{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-NEW-1\",\"amount\":1}")
                .isDead(Reason.UNEXPECTED, "the revision threw java.lang.IllegalStateException: unknown item SKU-NEW-1");
    }

    /** A few records from the real topic, and what people have found good. */
    @Test
    void makesOfRealEventsWhatItMadeBefore() {
        tester.matchesGolden(Path.of("src/test/resources/events.jsonl"), Path.of("src/test/resources/events.golden.txt"));
    }
}
