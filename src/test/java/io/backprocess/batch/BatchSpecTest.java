package io.backprocess.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BatchSpecTest {
    /** {@code 'Aa'} and {@code 'BB'} have the same {@code hashCode}, and so have texts that differ in nothing else. */
    @Test
    void tellsRulesApartThatHaveTheSameHashCode() {
        BatchSpec before = withRules("name: r\nwhen: payload.sku == 'Aa'\n");
        BatchSpec now = withRules("name: r\nwhen: payload.sku == 'BB'\n");

        assertThat(before.differencesTo(now))
                .singleElement()
                .asString()
                .matches(
                        "revision-option rules:r: 2 lines with SHA-256 [0-9a-f]{12}, now 2 lines with SHA-256 [0-9a-f]{12}");
        assertThat(before.differencesTo(withRules("name: r\nwhen: payload.sku == 'Aa'\n")))
                .isEmpty();
    }

    /** So that batches of earlier versions keep their hash. */
    @Test
    void saysNothingOfAnEnvelopeOrHeadersThatItDoesNotHave() throws Exception {
        BatchSpec plain = withRules("name: r");
        BatchSpec both = plain.withEnvelope("name: shop")
                .withHeaderChanges(HeaderChanges.of(Map.of("replay", "true"), List.of("b3*")));

        assertThat(PlanJson.write(plain)).doesNotContain("envelope", "headerChanges");
        assertThat(PlanJson.read(PlanJson.write(both).getBytes(StandardCharsets.UTF_8), BatchSpec.class))
                .isEqualTo(both);
        assertThat(plain.differencesTo(both))
                .containsExactly(
                        "add-header: none, now {replay=true}",
                        "drop-header: none, now [b3*]",
                        "envelope: none, now name: shop");
    }

    private static BatchSpec withRules(String rules) {
        TreeMap<String, String> options = new TreeMap<>();
        options.put("rules:r", rules);
        return new BatchSpec(
                "b",
                new BatchSpec.Range("orders", BatchSpec.EARLIEST, BatchSpec.LATEST),
                new BatchSpec.Logic("1", List.of("r"), options),
                DedupeScope.PARTITION,
                ResultHeaders.ORIGIN);
    }
}
