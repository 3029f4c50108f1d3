/**
 * The mapping files that say where a history keeps the parts of an envelope: how they are read, the presets, and what the records
 * of a topic look like.
 */
@NullMarked
package io.backprocess.envelope;

import org.jspecify.annotations.NullMarked;
