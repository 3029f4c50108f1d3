/**
 * Avro's binary encoding: types compiled from a schema, which read a value's bytes as JSON in one walk and write changed JSON back
 * around the bytes that stay. Avro's library only parses the schemas.
 */
@NullMarked
package io.backprocess.format.avro;

import org.jspecify.annotations.NullMarked;
