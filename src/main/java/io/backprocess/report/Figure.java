package io.backprocess.report;

import org.jspecify.annotations.Nullable;

/**
 * A count on a page.
 *
 * @param name the name in the JSON, by which style sheets and tests find it
 * @param note the text beside the count, often its share of all records; null if there is none
 */
record Figure(
        String name, String label, long count, @Nullable String note) {}
