package io.backprocess.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;

/**
 * The factory of Jackson for JSON that comes from elsewhere. By default all parsers of a factory share a table of the names that they
 * have read. A few hundred names with the same hash fill it, and after that no parser of the factory reads any document with a new
 * name. Here each parser reads names without a table.
 */
public final class ForeignJson {
    private ForeignJson() {}

    public static JsonFactoryBuilder factory() {
        return (JsonFactoryBuilder) JsonFactory.builder().disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES);
    }
}
