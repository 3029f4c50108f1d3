/**
 * JSON as bytes: the scanner that checks a text and notes where its members stand, names and texts with their escapes, pointers, and
 * edits that leave everything else as it was. It knows no events, and no user's revision sees it.
 */
@NullMarked
package io.backprocess.json;

import org.jspecify.annotations.NullMarked;
