package io.backprocess.revise.rules;

import dev.cel.checker.CelCheckerBuilder;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompilerLibrary;
import dev.cel.parser.CelParserBuilder;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionOverload;
import dev.cel.runtime.CelRuntimeBuilder;
import dev.cel.runtime.CelRuntimeLibrary;
import dev.cel.runtime.CelStandardFunctions;
import dev.cel.runtime.CelStandardFunctions.StandardFunction;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.IntPredicate;

/**
 * The functions that CEL lacks: decimal numbers, which mix with CEL's own numbers and equal them by value, and {@code json(x)},
 * {@code isNumber(x)} and {@code decimal(x)}.
 */
final class DecimalLibrary implements CelCompilerLibrary, CelRuntimeLibrary {
    private static final CelType DECIMAL = OpaqueType.create("decimal");
    private static final Map<String, CelType> OTHERS = Map.of("int64", SimpleType.INT, "double", SimpleType.DOUBLE);

    /** The longest text that is parsed as a number, the same as in JSON. A million digits would take half a minute. */
    private static final int MAX_LENGTH = 1000;

    private final List<CelFunctionDecl> declarations = new ArrayList<>();
    private final List<CelFunctionBinding> bindings = new ArrayList<>();

    DecimalLibrary() {
        arithmetic("_+_", "add", (a, b) -> a.add(b, Decimal.PRECISION));
        arithmetic("_-_", "subtract", (a, b) -> a.subtract(b, Decimal.PRECISION));
        arithmetic("_*_", "multiply", (a, b) -> a.multiply(b, Decimal.PRECISION));
        arithmetic("_/_", "divide", (a, b) -> a.divide(b, Decimal.PRECISION));
        arithmetic("_%_", "modulo", (a, b) -> a.remainder(b, Decimal.PRECISION));
        comparison("_<_", "less", order -> order < 0);
        comparison("_<=_", "less_equals", order -> order <= 0);
        comparison("_>_", "greater", order -> order > 0);
        comparison("_>=_", "greater_equals", order -> order >= 0);
        conversions();
        equality();
    }

    /** Returns the standard functions without those that only know CEL's own numbers. */
    static CelStandardFunctions standardFunctions() {
        return CelStandardFunctions.newBuilder()
                .excludeFunctions(StandardFunction.EQUALS, StandardFunction.NOT_EQUALS, StandardFunction.IN)
                .build();
    }

    @Override
    public void setCheckerOptions(CelCheckerBuilder checker) {
        checker.addFunctionDeclarations(declarations);
    }

    @Override
    public void setParserOptions(CelParserBuilder parser) {}

    @Override
    public void setRuntimeOptions(CelRuntimeBuilder runtime) {
        runtime.addFunctionBindings(bindings);
    }

    private void arithmetic(String operator, String name, BinaryOperator<BigDecimal> operation) {
        mixed(operator, name, DECIMAL, (a, b) -> new Decimal(operation.apply(a.value(), b.value())));
    }

    private void comparison(String operator, String name, IntPredicate holds) {
        mixed(operator, name, SimpleType.BOOL, (a, b) -> holds.test(a.compareTo(b)));
    }

    /** Adds an operator between two decimals, or between a decimal and a number of another kind on either side. */
    @SuppressWarnings("Immutable") // CEL requires immutable functions, and those above hold no mutable state.
    private void mixed(String operator, String name, CelType result, BiFunction<Decimal, Decimal, Object> operation) {
        Map<String, List<CelType>> overloads = new LinkedHashMap<>();
        overloads.put(name + "_decimal", List.of(DECIMAL, DECIMAL));
        OTHERS.forEach((kind, type) -> {
            overloads.put(name + "_decimal_" + kind, List.of(DECIMAL, type));
            overloads.put(name + "_" + kind + "_decimal", List.of(type, DECIMAL));
        });
        overloads.forEach((id, types) -> {
            declarations.add(CelFunctionDecl.newFunctionDeclaration(
                    operator, CelOverloadDecl.newGlobalOverload(id, result, types.get(0), types.get(1))));
            bindings.add(CelFunctionBinding.from(
                    id,
                    javaType(types.get(0)),
                    javaType(types.get(1)),
                    (a, b) -> operation.apply(number(a), number(b))));
        });
    }

    private static Class<?> javaType(CelType type) {
        return type == DECIMAL ? Decimal.class : type == SimpleType.INT ? Long.class : Double.class;
    }

    private static Decimal number(Object value) {
        Decimal number = Decimal.of(value);
        if (number == null) {
            throw new ArithmeticException(value + " is no number to count with");
        }
        return number;
    }

    private void conversions() {
        function(
                "-_",
                "negate_decimal",
                DECIMAL,
                DECIMAL,
                Decimal.class,
                a -> new Decimal(a.value().negate()));
        function("string", "decimal_to_string", SimpleType.STRING, DECIMAL, Decimal.class, Decimal::text);
        function("int", "decimal_to_int64", SimpleType.INT, DECIMAL, Decimal.class, DecimalLibrary::whole);
        function("double", "decimal_to_double", SimpleType.DOUBLE, DECIMAL, Decimal.class, a -> a.value()
                .doubleValue());
        function("decimal", "string_to_decimal", DECIMAL, SimpleType.STRING, String.class, DecimalLibrary::parse);
        function("decimal", "int64_to_decimal", DECIMAL, SimpleType.INT, Long.class, DecimalLibrary::number);
        function("decimal", "double_to_decimal", DECIMAL, SimpleType.DOUBLE, Double.class, DecimalLibrary::number);
        function("decimal", "decimal_to_decimal", DECIMAL, DECIMAL, Decimal.class, a -> a);
        function("json", "json", SimpleType.STRING, SimpleType.DYN, Object.class, RuleValues::json);
        function(
                "isNumber",
                "is_number",
                SimpleType.BOOL,
                SimpleType.DYN,
                Object.class,
                value -> Decimal.of(value) != null);
    }

    private static Decimal parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new NumberFormatException("a text of %s characters is taken for no number; %s is the most"
                    .formatted(text.length(), MAX_LENGTH));
        }
        return new Decimal(new BigDecimal(text));
    }

    /** Truncates towards zero, as CEL does with its doubles. */
    private static Long whole(Decimal number) {
        BigDecimal value = number.value();
        if (value.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new ArithmeticException(number + " does not fit an int");
        }
        return value.longValue();
    }

    private <T> void function(
            String name,
            String id,
            CelType result,
            CelType argument,
            Class<T> type,
            CelFunctionOverload.Unary<T> function) {
        declarations.add(
                CelFunctionDecl.newFunctionDeclaration(name, CelOverloadDecl.newGlobalOverload(id, result, argument)));
        bindings.add(CelFunctionBinding.from(id, type, function));
    }

    private void equality() {
        bindings.add(CelFunctionBinding.from("equals", Object.class, Object.class, RuleValues::equal));
        bindings.add(CelFunctionBinding.from(
                "not_equals", Object.class, Object.class, (one, other) -> !RuleValues.equal(one, other)));
        bindings.add(CelFunctionBinding.from("in_list", Object.class, List.class, (element, list) -> ((List<?>) list)
                .stream().anyMatch(each -> RuleValues.equal(element, each))));
        bindings.add(CelFunctionBinding.from("in_map", Object.class, Map.class, (key, map) -> map.containsKey(key)));
    }
}
