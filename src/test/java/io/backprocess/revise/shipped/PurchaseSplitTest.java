package io.backprocess.revise.shipped;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import io.backprocess.event.Samples;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.operator.RevisionChain;
import java.util.List;
import java.util.Map;
import org.apache.flink.formats.json.JsonDeserializationSchema;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What purchase-split makes of each kind of purchase. */
class PurchaseSplitTest {
    private final RevisionChain chain = load(Map.of());

    @ParameterizedTest
    @CsvSource({
        "SKU-PREMIUM-1, SubscriptionAPurchased",
        "SKU-PREMIUM-, SubscriptionAPurchased",
        "SKU-BASIC-7, SubscriptionBPurchased",
        "SKU-PREMIUM, Purchased",
        "sku-premium-1, Purchased",
        "MY-SKU-PREMIUM-1, Purchased",
        "SKU-OTHER-1, Purchased",
        "'', Purchased",
        "SKU\\u002dBASIC-7, SubscriptionBPurchased",
    })
    void namesThePurchaseByItsSku(String sku, String actionType) throws Exception {
        String payload = "{\"userId\":\"u-1\",\"actionType\":\"%s\",\"itemSku\":\"" + sku + "\",\"amount\":99.990}";

        List<String> results = revise(payload.formatted("Purchased"));

        assertThat(results).containsExactly(result("e-1", payload.formatted(actionType)));
    }

    /** The next job in Flink reads a result by Flink's own JSON format. */
    @Test
    void isReadByFlinksJsonFormat() throws Exception {
        String payload = "{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-7\",\"amount\":99.990}";
        JsonDeserializationSchema<ObjectNode> flink = new JsonDeserializationSchema<>(ObjectNode.class);
        flink.open(null);

        ObjectNode result = flink.deserialize(revise(payload).get(0).getBytes(UTF_8));

        assertThat(result.at("/payload/actionType").asText()).isEqualTo("SubscriptionBPurchased");
        assertThat(result.at("/processVersion").asInt()).isEqualTo(2);
    }

    @Test
    void leavesAPurchaseWhoseSkuIsNoText() throws Exception {
        String payload = "{\"actionType\":\"Purchased\",\"itemSku\":17,\"amount\":1}";

        List<String> results = revise(payload);

        assertThat(results).containsExactly(result("e-1", payload));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"actionType\":\"Purchased\",\"amount\":1}",
                "{\"actionType\":\"Purchased\",\"itemSku\":null,\"amount\":1}",
                "{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\"}",
                "{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":null}",
                "{\"actionType\":\"Purchased\"}",
                "{\"actionType\":\"Purchased\",\"items\":[]}",
                "{\"actionType\":\"Purchased\",\"items\":[{}]}",
                "{\"actionType\":\"Purchased\",\"items\":[null]}",
                "{\"actionType\":\"Purchased\",\"items\":[\"SKU-BASIC-1\"]}",
                "{\"actionType\":\"Purchased\",\"items\":[{\"itemSku\":\"SKU-BASIC-1\",\"amount\":1},{\"itemSku\":\"SKU-BASIC-1\"}]}",
                "{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":1,\"items\":[{\"itemSku\":null,\"amount\":1}]}",
            })
    void missesContextWhereSkuOrAmountIsMissing(String payload) {
        RejectedException no = rejected(payload);

        assertThat(no.reason()).isEqualTo(Reason.MISSING_CONTEXT);
        assertThat(no).hasMessageMatching("(itemSku|amount) is missing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "-999       | Invalid amount: -999",
                "-0.01      | Invalid amount: -0.01",
                "-1e-400    | Invalid amount: -1e-400",
                "-1e99999999999 | Invalid amount: -1e99999999999",
                "\"99.90\"  | Invalid amount: \"99.90\"",
                "\"\"       | Invalid amount: \"\"",
                "true       | Invalid amount: true",
                "{}         | Invalid amount: {}",
                "[1]        | Invalid amount: [1]",
            })
    void rejectsAnAmountThatIsNoNumberOrNegative(String amount, String message) {
        RejectedException alone =
                rejected("{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":" + amount + "}");
        RejectedException amongItems = rejected(
                "{\"actionType\":\"Purchased\",\"items\":[{\"itemSku\":\"a\",\"amount\":1},{\"itemSku\":\"b\",\"amount\":"
                        + amount + "}]}");

        assertThat(alone)
                .hasMessage(message)
                .extracting(RejectedException::reason)
                .isEqualTo(Reason.REJECTED);
        assertThat(amongItems)
                .hasMessage(message)
                .extracting(RejectedException::reason)
                .isEqualTo(Reason.REJECTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "-0.00",
                "-0e5",
                "0.001",
                "1e400",
                "1e99999999999",
                "12345678901234567890123456789012345678901"
            })
    void takesEveryAmountThatIsNotNegativeAsItIsWritten(String amount) throws Exception {
        String payload = "{\"actionType\":\"%s\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":" + amount + "}";

        List<String> results = revise(payload.formatted("Purchased"));

        assertThat(results).containsExactly(result("e-1", payload.formatted("SubscriptionBPurchased")));
    }

    @Test
    void makesOneResultOfEachItem() throws Exception {
        String payload = "{\"userId\":\"u-1\",\"actionType\":\"Purchased\",\"itemSku\":\"old\",\"items\":["
                + "{\"itemSku\":\"SKU-PREMIUM-1\",\"amount\":99.990,\"color\":\"red\"}, {\"amount\":0.10,\"itemSku\":\"SKU-BASIC-1\"},"
                + "{\"itemSku\":\"SKU-OTHER-1\",\"amount\":1e2}],\"note\":\"caf\\u00e9\"}";

        List<String> results = revise(payload);

        List<String> payloads = results.stream()
                .map(result -> result.substring(result.indexOf("\"payload\":")))
                .toList();
        assertThat(payloads)
                .containsExactly(
                        "\"payload\":{\"userId\":\"u-1\",\"actionType\":\"SubscriptionAPurchased\",\"itemSku\":\"SKU-PREMIUM-1\",\"note\":\"caf\\u00e9\",\"amount\":99.990}}",
                        "\"payload\":{\"userId\":\"u-1\",\"actionType\":\"SubscriptionBPurchased\",\"itemSku\":\"SKU-BASIC-1\",\"note\":\"caf\\u00e9\",\"amount\":0.10}}",
                        "\"payload\":{\"userId\":\"u-1\",\"actionType\":\"Purchased\",\"itemSku\":\"SKU-OTHER-1\",\"note\":\"caf\\u00e9\",\"amount\":1e2}}");
        assertThat(results)
                .map(result -> event(result).eventId())
                .doesNotHaveDuplicates()
                .doesNotContain("e-1")
                .allMatch(eventId -> eventId.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"));
        assertThat(results).containsExactlyElementsOf(revise(payload));
    }

    @Test
    void keepsTheEventIdWhereThereIsOneItem() throws Exception {
        List<String> results =
                revise("{\"actionType\":\"Purchased\",\"items\":[{\"itemSku\":\"SKU-BASIC-1\",\"amount\":5}]}");

        assertThat(results)
                .containsExactly(result(
                        "e-1", "{\"actionType\":\"SubscriptionBPurchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":5}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[ ]", "null", "{}", "\"none\"", "3"})
    void looksAtThePayloadItselfWhereItemsIsNoArrayOrEmpty(String items) throws Exception {
        String payload = "{\"actionType\":\"%s\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":5,\"items\":" + items + "}";

        List<String> results = revise(payload.formatted("Purchased"));

        assertThat(results).containsExactly(result("e-1", payload.formatted("SubscriptionBPurchased")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"actionType\":\"LoggedIn\",\"amount\":-999}",
                "{\"actionType\":\"purchased\"}",
                "{\"actionType\":\"SubscriptionAPurchased\",\"amount\":\"x\"}",
                "{\"actionType\":null}",
                "{\"actionType\":[\"Purchased\"]}",
                "{\"action\":\"Purchased\"}",
                "{}",
            })
    void passesOtherActionsOnWithVersionAndBatch(String payload) throws Exception {
        List<String> results = revise(payload);

        assertThat(results).containsExactly(result("e-1", payload));
    }

    @Test
    void takesOtherPrefixesWhereTheyAreGiven() throws Exception {
        RevisionChain other = load(Map.of("premium-prefix", "GOLD-", "basic-prefix", "TIN-"));

        List<byte[]> gold = Samples.envelopes(other.revise(purchase("GOLD-1")));
        List<byte[]> tin = Samples.envelopes(other.revise(purchase("TIN-1")));
        List<byte[]> former = Samples.envelopes(other.revise(purchase("SKU-PREMIUM-1")));

        assertThat(gold.get(0)).asString(UTF_8).contains("\"actionType\":\"SubscriptionAPurchased\"");
        assertThat(tin.get(0)).asString(UTF_8).contains("\"actionType\":\"SubscriptionBPurchased\"");
        assertThat(former.get(0)).asString(UTF_8).contains("\"actionType\":\"Purchased\"");
    }

    @Test
    void takesTheOtherPrefixAsItWasWhereOneIsGiven() throws Exception {
        RevisionChain other = load(Map.of("premium-prefix", "GOLD-"));

        List<byte[]> basic = Samples.envelopes(other.revise(purchase("SKU-BASIC-1")));

        assertThat(basic.get(0)).asString(UTF_8).contains("\"actionType\":\"SubscriptionBPurchased\"");
    }

    private static RevisionChain load(Map<String, String> options) {
        return RevisionChain.load(
                List.of("purchase-split"),
                options,
                ProcessVersion.of("1"),
                "batch-1",
                EnvelopeMapping.OWN,
                PurchaseSplitTest.class.getClassLoader());
    }

    private List<String> revise(String payload) throws Exception {
        return chain.revise(event(envelope("e-1", "1", payload))).stream()
                .map(result -> new String(result.envelope(), UTF_8))
                .toList();
    }

    private RejectedException rejected(String payload) {
        Event event = event(envelope("e-1", "1", payload));
        RejectedException no = catchThrowableOfType(RejectedException.class, () -> chain.revise(event));
        assertThat(no).as("of %s", payload).isNotNull();
        return no;
    }

    private static Event purchase(String sku) {
        return event(envelope("e-1", "1", "{\"actionType\":\"Purchased\",\"itemSku\":\"" + sku + "\",\"amount\":1}"));
    }

    private static String result(String eventId, String payload) {
        return envelope(eventId, "2", payload).replace("live", "batch-1");
    }
}
