/** Values that are JSON text with a JSON Schema: changed values are checked against it. It loads no schema from anywhere. */
@NullMarked
package io.backprocess.format.jsonschema;

import org.jspecify.annotations.NullMarked;
