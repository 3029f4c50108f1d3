package io.backprocess.format.avro;

import static io.backprocess.format.avro.AvroBytes.codec;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.format.UnfitException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The numbers of floats and doubles read back exactly, and none is shorter, on every JDK. */
class FloatingTypeTest {
    private static final int NUMBERS = 20_000;
    private static final AvroCodec DOUBLE = codec("\"double\"");
    private static final AvroCodec FLOAT = codec("\"float\"");

    @Test
    void readsTheShortestDouble() throws UnfitException {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < NUMBERS; i++) {
            double value =
                    switch (i % 4) {
                        case 0 -> Double.longBitsToDouble(random.nextLong());
                        case 1 -> Math.scalb(1d, random.nextInt(-1074, 1023));
                        case 2 -> Double.longBitsToDouble(random.nextLong(1 << random.nextInt(1, 30)));
                        default -> random.nextInt(-2_000_000, 2_000_000) / (random.nextBoolean() ? 1d : 100d);
                    };
            if (Double.isFinite(value)) {
                ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                String read = AvroBytes.text(DOUBLE.read(bytes.putDouble(value).array(), 0));

                assertThat(Double.parseDouble(read)).as(read).isEqualTo(value);
                assertThat(digits(read)).as(read).isEqualTo(Math.max(1, fewestDigits(value)));
            }
        }
    }

    @Test
    void readsTheShortestFloat() throws UnfitException {
        SplittableRandom random = new SplittableRandom(2);
        for (int i = 0; i < NUMBERS; i++) {
            float value =
                    i % 2 == 0 ? Float.intBitsToFloat(random.nextInt()) : (float) random.nextInt(-9999, 9999) / 100;
            if (Float.isFinite(value)) {
                ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                String read = AvroBytes.text(FLOAT.read(bytes.putFloat(value).array(), 0));

                assertThat(Float.parseFloat(read)).as(read).isEqualTo(value);
                assertThat(digits(read)).as(read).isLessThanOrEqualTo(digits(Float.toString(value)));
            }
        }
    }

    @Test
    void lookLikeThoseOfTheJdk() throws UnfitException {
        for (double value : new double[] {0, 1, -1, 100, 9_999_999, 1e7, 1e-3, 9e-4, 0.5, 123456.789, -1e22, 2e-3}) {
            ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);

            assertThat(AvroBytes.text(DOUBLE.read(bytes.putDouble(value).array(), 0)))
                    .isEqualTo(Double.toString(value));
        }
    }

    private static int digits(String number) {
        BigDecimal stripped = new BigDecimal(number).stripTrailingZeros();
        return Math.max(1, stripped.precision());
    }

    /** Of one or two digits the nearest is taken, as the JDK does it: 4.9E-324 rather than 5E-324. */
    private static int fewestDigits(double value) {
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 2; digits < 17; digits++) {
            for (RoundingMode rounding : new RoundingMode[] {RoundingMode.DOWN, RoundingMode.UP}) {
                BigDecimal rounded = exact.round(new MathContext(digits, rounding));
                if (rounded.doubleValue() == value) {
                    BigDecimal nearest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
                    return digits(String.valueOf(nearest.doubleValue() == value ? nearest : rounded));
                }
            }
        }
        return 17;
    }
}
