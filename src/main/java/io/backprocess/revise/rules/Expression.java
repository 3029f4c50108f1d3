package io.backprocess.revise.rules;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelErrorCode;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import io.backprocess.revise.RejectedException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * An expression of a rules file, in CEL (cel.dev). It is type-checked at compilation. It has no side effects, reads no clock, and
 * always ends.
 */
public final class Expression {
    /** The limit for all loops of one evaluation together, so that nested loops over a long list cannot hold up the batch. */
    public static final int MOST_ITERATIONS = 1_000_000;

    private static final DecimalLibrary DECIMALS = new DecimalLibrary();
    private static final CelOptions OPTIONS =
            CelOptions.current().comprehensionMaxIterations(MOST_ITERATIONS).build();
    /** CEL's legacy runtime. The newer one walks through the whole payload each time an expression reads one of its fields. */
    private static final CelRuntime RUNTIME = CelRuntimeFactory.legacyCelRuntimeBuilder()
            .setOptions(OPTIONS)
            .setStandardEnvironmentEnabled(false)
            .setStandardFunctions(DecimalLibrary.standardFunctions())
            .addLibraries(CelExtensions.strings(), CelExtensions.optional(), DECIMALS)
            .build();

    private final CelRuntime.Program program;
    private final RulePlace place;
    /** The names of the attributes that the expression reads. */
    private final Set<String> attributes;

    private Expression(CelRuntime.Program program, RulePlace place, Set<String> attributes) {
        this.program = program;
        this.place = place;
        this.attributes = attributes;
    }

    /** The errors of an expression, each with its line (from 1) and column (from 0) in the expression. */
    static final class WrongException extends Exception {
        private static final long serialVersionUID = 1;
        private final transient List<CelIssue> issues;

        WrongException(List<CelIssue> issues) {
            this.issues = issues;
        }

        List<CelIssue> issues() {
            return issues;
        }
    }

    /**
     * Compiles an expression.
     *
     * @param type the type that the value must have, {@link SimpleType#DYN} for any
     * @param item whether the variable {@code item} exists
     */
    static Expression compile(String text, CelType type, boolean item, RulePlace place) throws WrongException {
        CelValidationResult checked = compiler(type, item).compile(text);
        try {
            return new Expression(RUNTIME.createProgram(checked.getAst()), place, attributes(checked.getAst()));
        } catch (CelValidationException e) {
            throw new WrongException(checked.getErrors());
        } catch (CelEvaluationException e) {
            throw new WrongException(List.of(CelIssue.formatError(1, 0, String.valueOf(e.getMessage()))));
        }
    }

    /** Returns the attributes that an expression names, as in {@code attributes.type} or {@code attributes["type"]}. */
    private static Set<String> attributes(CelAbstractSyntaxTree expression) {
        Set<String> names = new TreeSet<>();
        CelNavigableAst.fromAst(expression).getRoot().allNodes().forEach(node -> {
            CelExpr expr = node.expr();
            if (node.getKind() == CelExpr.ExprKind.Kind.SELECT
                    && isAttributes(expr.select().operand())) {
                names.add(expr.select().field());
            } else if (node.getKind() == CelExpr.ExprKind.Kind.CALL
                    && expr.call().args().size() == 2
                    && isAttributes(expr.call().args().get(0))) {
                CelExpr index = expr.call().args().get(1);
                if (index.exprKind().getKind() == CelExpr.ExprKind.Kind.CONSTANT
                        && index.constant().getKind() == CelConstant.Kind.STRING_VALUE) {
                    names.add(index.constant().stringValue());
                }
            }
        });
        return names;
    }

    private static boolean isAttributes(CelExpr expr) {
        return expr.exprKind().getKind() == CelExpr.ExprKind.Kind.IDENT
                && expr.ident().name().equals(RuleScope.ATTRIBUTES);
    }

    private static CelCompiler compiler(CelType type, boolean item) {
        CelType object = MapType.create(SimpleType.STRING, SimpleType.DYN);
        CelCompilerBuilder builder = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addLibraries(CelExtensions.strings(), CelExtensions.optional(), DECIMALS)
                .addVar(RuleScope.PAYLOAD, object)
                .addVar(RuleScope.EVENT, object)
                .addVar(RuleScope.ATTRIBUTES, object)
                .addVar(RuleScope.HEADERS, MapType.create(SimpleType.STRING, SimpleType.STRING))
                .addVar(RuleScope.RECORD_KEY, SimpleType.DYN)
                .setResultType(type);
        if (item) {
            builder.addVar(RuleScope.ITEM, SimpleType.DYN);
        }
        return builder.build();
    }

    /**
     * Evaluates the expression.
     *
     * @throws RejectedException when the event lacks a field that the expression reads, or has another kind of value there
     */
    Object evaluate(RuleScope scope) throws RejectedException {
        try {
            return program.eval(scope);
        } catch (CelEvaluationException e) {
            String message = String.valueOf(e.getMessage()).replaceFirst("^evaluation error[^:]*(:\\d+)?: ", "");
            throw e.getErrorCode() == CelErrorCode.ATTRIBUTE_NOT_FOUND
                    ? place.missing(message)
                    : place.invalid(message);
        }
    }

    boolean isTrue(RuleScope scope) throws RejectedException {
        Object value = evaluate(scope);
        if (value instanceof Boolean bool) {
            return bool;
        }
        throw place.invalid("the condition is neither true nor false but " + RuleValues.json(value));
    }

    /** Returns the names of the attributes that the expression reads. */
    Set<String> attributes() {
        return attributes;
    }

    RulePlace place() {
        return place;
    }

    /** Returns the same expression at another place. */
    Expression at(RulePlace other) {
        return new Expression(program, other, attributes);
    }
}
