package io.backprocess.format.jsonschema;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import io.backprocess.format.UnfitException;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * One evaluation of a schema. It ends where it takes more steps than any reasonable schema needs, since keywords that refer to
 * each other twice double the work at each level, and a reference to itself never ends.
 */
final class BoundedEvaluation extends ExecutionContext {
    static final long STEPS = 1_000_000;
    static final long STEPS_PER_BYTE = 100;
    static final int MAX_VIOLATIONS = 50_000;
    /** The characters in messages: one quotes parts of the schema, as all texts of an {@code enum}. */
    static final long MAX_VIOLATION_TEXT = 64 << 20;

    /** The stack of a thread with Java's default size takes this. */
    static final int MAX_DEPTH = 1000;

    private static final ExecutionConfig FORMATS_ARE_ANNOTATIONS = ExecutionConfig.builder()
            .formatAssertionsEnabled(false)
            .locale(Locale.ENGLISH)
            .build();

    private final long maxSteps;
    private long steps;
    private int depth;
    private int violations;
    private long violationText;

    private BoundedEvaluation(long maxSteps) {
        super(FORMATS_ARE_ANNOTATIONS);
        this.maxSteps = maxSteps;
    }

    /**
     * Returns what the JSON breaks in the schema.
     *
     * @throws UnfitException when the evaluation takes too long, or fails otherwise
     */
    static List<Error> violations(Schema schema, byte[] json) throws UnfitException {
        BoundedEvaluation evaluation = new BoundedEvaluation(STEPS + STEPS_PER_BYTE * json.length);
        try {
            schema.validate(evaluation, ExactNumbers.MAPPER.readTree(json));
            return evaluation.getErrors();
        } catch (IOException | RuntimeException | StackOverflowError e) {
            String why = e instanceof StackOverflowError ? "it is nested too deeply" : String.valueOf(e.getMessage());
            throw new UnfitException("the schema cannot be evaluated for this value: " + why);
        }
    }

    @Override
    public void evaluationPathAddLast(String token) {
        step();
        super.evaluationPathAddLast(token);
    }

    @Override
    public void evaluationPathAddLast(int token) {
        step();
        super.evaluationPathAddLast(token);
    }

    @Override
    public void evaluationPathRemoveLast() {
        depth--;
        super.evaluationPathRemoveLast();
    }

    @Override
    public void addError(Error error) {
        if (++violations > MAX_VIOLATIONS) {
            throw new Exceeded("more than " + MAX_VIOLATIONS + " violations");
        }
        Object[] quoted = error.getArguments();
        for (int i = 0; quoted != null && i < quoted.length; i++) {
            violationText += quoted[i] instanceof String text ? text.length() : 0;
        }
        if (violationText > MAX_VIOLATION_TEXT) {
            throw new Exceeded("violations whose messages have more than " + MAX_VIOLATION_TEXT + " characters");
        }
        super.addError(error);
    }

    private void step() {
        if (++steps > maxSteps) {
            throw new Exceeded("more than " + maxSteps + " steps");
        }
        if (++depth > MAX_DEPTH) {
            throw new Exceeded("more than " + MAX_DEPTH + " keywords within each other");
        }
    }

    /** A limit is exceeded. The validator passes this type on without logging it. */
    static final class Exceeded extends SchemaException {
        private static final long serialVersionUID = 1;

        Exceeded(String message) {
            super(message);
        }

        /** Returns this exception without a trace, since a corrupt source causes millions. */
        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
