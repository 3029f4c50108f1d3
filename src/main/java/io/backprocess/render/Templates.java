package io.backprocess.render;

import com.github.mustachejava.DefaultMustacheFactory;
import com.github.mustachejava.Iteration;
import com.github.mustachejava.Mustache;
import com.github.mustachejava.MustacheException;
import com.github.mustachejava.reflect.Guard;
import com.github.mustachejava.reflect.MissingWrapper;
import com.github.mustachejava.reflect.ReflectionObjectHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Fills Mustache templates of pages with the components of records. Every value is escaped, unless the template has it in three
 * braces. A whole number is shown as a count, a {@link Duration} and an {@link Instant} as {@link Words} formats them; any
 * other number has to be given as text. A section about 0 or null is left out. A name that no record has is an error.
 */
public final class Templates {
    private final Factory factory;

    /** @param neighbour a class whose package has the templates among its resources */
    public Templates(Class<?> neighbour) {
        factory = new Factory(neighbour);
    }

    /** @param name the name of the template's file */
    public String fill(String name, Object values) {
        Mustache template = factory.compile(name);
        StringWriter page = new StringWriter();
        template.execute(page, values);
        return page.toString();
    }

    private static final class Factory extends DefaultMustacheFactory {
        private Factory(Class<?> neighbour) {
            super(name -> {
                InputStream template = neighbour.getResourceAsStream(name);
                return template == null ? null : new InputStreamReader(template, StandardCharsets.UTF_8);
            });
            setObjectHandler(new Values());
        }

        @Override
        public void encode(String value, Writer writer) {
            try {
                writer.write(Html.escape(value));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class Values extends ReflectionObjectHandler {
        @Override
        public String stringify(Object value) {
            if (value instanceof Long || value instanceof Integer) {
                return PageWords.count(((Number) value).longValue());
            }
            if (value instanceof Duration duration) {
                return Words.duration(duration);
            }
            if (value instanceof Instant time) {
                return Words.time(time);
            }
            if (value instanceof Number) {
                throw new MustacheException("format " + value + " before a template shows it");
            }
            return value.toString();
        }

        @Override
        public Writer iterate(Iteration section, Writer writer, Object value, List<Object> scopes) {
            return isZero(value) ? writer : super.iterate(section, writer, value, scopes);
        }

        @Override
        public Writer falsey(Iteration section, Writer writer, Object value, List<Object> scopes) {
            return isZero(value) ? section.next(writer, value, scopes) : super.falsey(section, writer, value, scopes);
        }

        private static boolean isZero(Object value) {
            return value instanceof Number number && number.longValue() == 0;
        }

        /** The library would show nothing in the place of a misspelt name. */
        @Override
        protected MissingWrapper createMissingWrapper(String name, List<Guard> guards) {
            throw new MustacheException("no record here has a component " + name);
        }
    }
}
