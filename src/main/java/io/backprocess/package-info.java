/** The main class, which a user starts. The steps of a batch are in the packages below. */
@NullMarked
package io.backprocess;

import org.jspecify.annotations.NullMarked;
