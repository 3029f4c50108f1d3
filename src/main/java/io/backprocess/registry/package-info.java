/**
 * Which schema a record's value was written with, and how a batch gets it: the frame of a record, the client of a schema
 * registry, and the schemas that are stored with a batch. It does not know what a schema means, and no step.
 */
@NullMarked
package io.backprocess.registry;

import org.jspecify.annotations.NullMarked;
