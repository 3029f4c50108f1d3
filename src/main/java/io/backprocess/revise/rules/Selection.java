package io.backprocess.revise.rules;

import dev.cel.common.types.SimpleType;
import io.backprocess.decode.EventSelector;
import io.backprocess.event.Event;
import io.backprocess.revise.RejectedException;
import io.backprocess.yaml.YamlValue;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The condition under which a batch takes an event, in CEL: {@code attributes.type in ["Purchased", "Refunded"]}. */
public final class Selection implements EventSelector {
    private static final long serialVersionUID = 1;

    private final String text;
    private final int line;
    private final TreeSet<String> attributes;
    private transient @Nullable Expression compiled;

    private Selection(String text, int line, Set<String> attributes, Expression compiled) {
        this.attributes = new TreeSet<>(attributes);
        this.text = text;
        this.line = line;
        this.compiled = compiled;
    }

    /** Reads a condition; null after noting its problems in the document. */
    public static @Nullable Selection read(YamlValue value) {
        Set<String> read = new TreeSet<>();
        String text = value.text();
        if (text != null && text.isBlank()) {
            value.problem("'select' is empty: give a condition, or leave it out");
            return null;
        }
        Expression expression = text == null
                ? null
                : RuleTemplates.expression(value, SimpleType.BOOL, new RuleTemplates.Compiled(false, read));
        return text == null || expression == null
                ? null
                : new Selection(
                        text,
                        value.place().line(),
                        read,
                        expression.at(place(value.place().line())));
    }

    /** Returns the names of the attributes that the condition reads. */
    public Set<String> attributes() {
        return Collections.unmodifiableSet(attributes);
    }

    private static RulePlace place(int line) {
        return new RulePlace("select", line);
    }

    @Override
    public boolean takes(Event event) throws NotDecidableException {
        try {
            return expression().isTrue(new RuleScope(event.edit(), null));
        } catch (RejectedException e) {
            throw new NotDecidableException(e.reason(), String.valueOf(e.getMessage()));
        }
    }

    private Expression expression() {
        if (compiled == null) {
            try {
                compiled = Expression.compile(text, SimpleType.BOOL, false, place(line));
            } catch (Expression.WrongException e) {
                throw new IllegalStateException("a condition that was compiled before is wrong now: " + text, e);
            }
        }
        return compiled;
    }
}
