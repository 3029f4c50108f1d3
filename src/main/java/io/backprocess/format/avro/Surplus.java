package io.backprocess.format.avro;

/**
 * A member for which the base's record has a field of its name, and the record that is written has none.
 *
 * @param baseField the index of the base's field
 * @param value the position of the value in the changed JSON
 */
record Surplus(int baseField, int value) {
    /**
     * Gives the value to the field that has the member's name as an alias, if there is one and it has no value.
     *
     * @param baseFields for each field the base's field that it stands for
     * @param values for each field the position of its value, or -1
     */
    boolean takeByAlias(int[] baseFields, int[] values) {
        for (int field = 0; field < values.length; field++) {
            if (baseFields[field] == baseField && values[field] == -1) {
                values[field] = value;
                return true;
            }
        }
        return false;
    }
}
