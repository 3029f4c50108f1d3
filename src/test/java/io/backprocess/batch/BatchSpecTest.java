package io.backprocess.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.LetterFamily;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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

    @Test
    void changesOneFieldAndKeepsTheOthers() {
        BatchSpec plain = withRules("name: r");

        BatchSpec all = plain.withUpsert("{}")
                .withContext(new ContextSpec("customers", "customerId"))
                .withRevisionTimeout(Duration.ofSeconds(5))
                .withExactTimes(ExactTimes.RECORD, Duration.ofDays(1))
                .withEnvelope("name: shop")
                .withHeaderChanges(HeaderChanges.of(Map.of("replay", "true"), List.of()))
                .withDeadLettersOf(new DeadLettersOf(LetterFamily.SPRING, 3, null, null))
                .withPlacement(new ResultPlacement(2, null, null))
                .withEncoding(new Encoding(Format.AVRO, Framing.CONFLUENT, "http://registry", null));

        assertThat(all.upsert()).isEqualTo("{}");
        assertThat(all.exactTimes()).isEqualTo(ExactTimes.RECORD);
        assertThat(all.placement()).isEqualTo(new ResultPlacement(2, null, null));
        assertThat(all.context()).isEqualTo(new ContextSpec("customers", "customerId"));
        assertThat(all.encoding()).isEqualTo(new Encoding(Format.AVRO, Framing.CONFLUENT, "http://registry", null));
        assertThat(all.withUpsert(null)
                        .withContext(null)
                        .withRevisionTimeout(null)
                        .withExactTimes(null, null)
                        .withEnvelope(null)
                        .withHeaderChanges(null)
                        .withDeadLettersOf(null)
                        .withPlacement(null)
                        .withEncoding(null))
                .isEqualTo(plain);
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
