package io.backprocess.format.jsonschema;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NumericNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import io.backprocess.json.ForeignJson;
import io.backprocess.json.JsonScanner;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * Reads numbers so that the validator compares them exactly. It would round integers that a double does not hold, and would
 * expand {@code 1e1000000000} to all its digits.
 */
final class ExactNumbers extends JsonNodeFactory {
    private static final long serialVersionUID = 1;
    private static final long LARGEST_IN_DOUBLE = 1L << 53;

    /** Reads JSON within the limits of {@link JsonScanner}. */
    static final ObjectMapper MAPPER = JsonMapper.builder(ForeignJson.factory()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(JsonScanner.MAX_DEPTH)
                            .maxNumberLength(JsonScanner.MAX_NUMBER_LENGTH + 20)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .nodeFactory(new ExactNumbers())
            .build();

    private ExactNumbers() {
        super(true);
    }

    @Override
    public NumericNode numberNode(long number) {
        return Math.abs(number) <= LARGEST_IN_DOUBLE ? super.numberNode(number) : whole(BigDecimal.valueOf(number));
    }

    @Override
    public ValueNode numberNode(BigInteger number) {
        return whole(new BigDecimal(number));
    }

    @Override
    public ValueNode numberNode(BigDecimal number) {
        if (Math.abs((long) number.scale()) > JsonScanner.MAX_NUMBER_LENGTH) {
            throw new BoundedEvaluation.Exceeded(
                    "a number with more than " + JsonScanner.MAX_NUMBER_LENGTH + " digits after or before its point");
        }
        return number.stripTrailingZeros().scale() <= 0 ? whole(number) : super.numberNode(number);
    }

    private static NumericNode whole(BigDecimal number) {
        return new Whole(number);
    }

    /** An integer that is both kinds of number, because the validator is exact for another kind in each keyword. */
    private static final class Whole extends DecimalNode {
        private static final long serialVersionUID = 1;

        Whole(BigDecimal number) {
            super(number);
        }

        @Override
        public boolean isBigInteger() {
            return true;
        }

        @Override
        public boolean isIntegralNumber() {
            return true;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof JsonNode node
                    && node.isNumber()
                    && node.decimalValue().compareTo(_value) == 0;
        }

        @Override
        public int hashCode() {
            return super.hashCode();
        }
    }
}
