package io.backprocess.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.Encoding;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.batch.ResultSchema;
import io.backprocess.report.PlanText.Entry;
import org.junit.jupiter.api.Test;

class PlanTextTest {
    private static final String REGISTRY = "https://registry:8081";

    @Test
    void saysHowValuesAreEncoded() {
        BatchPlan plan = encoded(new ResultSchema("orders-value", 2, null));

        assertThat(PlanText.of(plan))
                .containsSubsequence(
                        new Entry("format", "json-schema"),
                        new Entry("framing", "apicurio-headers"),
                        new Entry("registry", REGISTRY),
                        new Entry("result schema", "orders-value:2"),
                        new Entry("revision", "b"));
    }

    @Test
    void namesASchemaFromAFileByItsHash() {
        ResultSchema schema = new ResultSchema("orders-value", null, "{\"type\":\"object\"}");

        assertThat(PlanText.of(encoded(schema)))
                .contains(new Entry("result schema", schema.toString()))
                .noneMatch(entry -> entry.value().contains("object"));
    }

    @Test
    void saysNothingOfFormatsWhereValuesArePlainJson() {
        assertThat(PlanText.of(Pages.plan("b")))
                .extracting(Entry::name)
                .doesNotContain("format", "framing", "registry", "result schema");
    }

    private static BatchPlan encoded(ResultSchema schema) {
        BatchPlan plain = Pages.plan("b");
        return BatchPlan.freeze(
                plain.spec().withEncoding(new Encoding(Format.JSON_SCHEMA, Framing.APICURIO_HEADERS, REGISTRY, schema)),
                plain.inputs(),
                plain.layout(),
                plain.ledger(),
                plain.creation());
    }
}
