package io.backprocess.registry;

/** The rest of the bounds of one schema with all that it refers to. */
final class Budget {
    static final int MAX_DEPTH = 32;
    static final int MAX_SCHEMAS = 10_000;
    static final int MAX_BYTES = 64 * 1024 * 1024;

    private int schemas = MAX_SCHEMAS;
    private int bytes = MAX_BYTES;

    int bytesLeft() {
        return bytes;
    }

    /** Takes the bytes of one answer, which were read within the bound. */
    void read(int count) {
        bytes -= count;
    }

    /** Takes the schemas that one schema refers to, before they are fetched. */
    void refer(int count) throws RegistryException {
        schemas -= count;
        if (schemas < 0) {
            throw RegistryException.bad(
                    "it refers to more than %d schemas, directly or through others".formatted(MAX_SCHEMAS));
        }
    }

    static RegistryException tooLarge() {
        return RegistryException.bad(
                "it has more than %d MB with all schemas that it refers to".formatted(MAX_BYTES >> 20));
    }
}
