/**
 * Values in Protobuf's wire format: how a schema's message types read them as JSON, and write changed JSON back into the bytes.
 * It loads no schema from anywhere.
 */
@NullMarked
package io.backprocess.format.protobuf;

import org.jspecify.annotations.NullMarked;
