/**
 * JSON as bytes: the scanner that checks a text and notes the positions of its members, names and texts with their escapes,
 * pointers, and edits that leave all other bytes unchanged. Also the reader of records that group members of one JSON object. It
 * does not know events, and no user's revision sees it.
 */
@NullMarked
package io.backprocess.json;

import org.jspecify.annotations.NullMarked;
