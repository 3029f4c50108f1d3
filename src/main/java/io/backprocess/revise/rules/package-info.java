/** Revisions that are written as rules, in YAML and CEL, instead of Java. */
@NullMarked
package io.backprocess.revise.rules;

import org.jspecify.annotations.NullMarked;
