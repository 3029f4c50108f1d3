package io.backprocess.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
