package io.backprocess.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;

/** What JSON is, as Jackson's streaming parser says with its strict defaults. */
public final class StrictJson {
    // Interning names costs most of the time and decides nothing.
    static final JsonFactory JACKSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private StrictJson() {}

    public static boolean jacksonAccepts(byte[] json) {
        try (JsonParser parser = JACKSON.createParser(json)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** What Jackson accepts, in well-formed UTF-8. */
    public static boolean isUtf8Json(byte[] json) {
        return isWellFormedUtf8(json) && !looksLikeUtf16Or32(json) && jacksonAccepts(json);
    }

    private static boolean isWellFormedUtf8(byte[] json) {
        try {
            UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(json));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** As RFC 4627 had it and as Jackson detects it: by zeros among the first four bytes. */
    private static boolean looksLikeUtf16Or32(byte[] json) {
        for (int i = 0; i < Math.min(4, json.length); i++) {
            if (json[i] == 0) {
                return true;
            }
        }
        return false;
    }
}
