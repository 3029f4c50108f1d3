package io.backprocess.batch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RegistryUrlTest {
    @ParameterizedTest
    @CsvSource({
        "http://localhost:8081, CONFLUENT",
        "https://registry.example.org/, CONFLUENT_HEADER",
        "https://registry.example.org/contexts/.shop, CONFLUENT",
        "http://127.0.0.1:8080/apis/ccompat/v7, CONFLUENT",
        "http://127.0.0.1:8080/apis/ccompat/v7, APICURIO_CONTENT4",
        "http://[::1]:8080/apis/registry/v3, APICURIO_CONTENT4",
        "HTTPS://registry/apis/registry/v3, APICURIO_GLOBAL8",
        "http://registry/behind/a/proxy, APICURIO_HEADERS"
    })
    void takesTheAddressOfAnApi(String url, Framing framing) {
        assertThat(RegistryUrl.problems(url, framing)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "registry:8081 | --registry 'registry:8081' is not a URL that begins with http:// or https://",
                "localhost | --registry 'localhost' is not a URL that begins with http:// or https://",
                "ftp://registry | --registry 'ftp://registry' is not a URL that begins with http:// or https://",
                "http://re gistry | --registry 'http://re gistry' is not a URL that begins with http:// or https://",
                "http:///apis | --registry 'http:///apis' has no host, or one that is not valid in a URL; an '_' is not",
                "http://schema_registry:8081 | --registry 'http://schema_registry:8081' has no host, or one that is not valid in a URL; an '_' is not",
                "http://registry?token=x | --registry 'http://registry?token=x' has a '?' or a '#'; give it up to the path of the API only",
                "http://registry/#x | --registry 'http://registry/#x' has a '?' or a '#'; give it up to the path of the API only",
                "http://r/apis/registry/v3 | --registry 'http://r/apis/registry/v3' does not know the ids of --framing confluent; give Apicurio's Confluent API: …/apis/ccompat/v7"
            })
    void refusesAnotherAddressWithTheReason(String url, String problem) {
        assertThat(RegistryUrl.problems(url, Framing.CONFLUENT)).containsExactly(problem);
    }

    @ParameterizedTest
    @EnumSource(names = {"APICURIO_GLOBAL8", "APICURIO_HEADERS"})
    void refusesConfluentsApiForGlobalIds(Framing framing) {
        assertThat(RegistryUrl.problems("http://r/apis/ccompat/v7", framing))
                .containsExactly(
                        "--registry 'http://r/apis/ccompat/v7' does not find the global ids of --framing %s; give Apicurio's own API: …/apis/registry/v3"
                                .formatted(framing));
    }

    @ParameterizedTest
    @CsvSource({
        "http://me:secret@registry:8081",
        "http://secret@registry",
        "me:secret@registry",
        "http://me:sec ret@registry"
    })
    void repeatsNoPassword(String url) {
        assertThat(RegistryUrl.problems(url, Framing.CONFLUENT))
                .containsExactly(
                        "--registry has a user or a password in it; give them as schema.registry.basic.auth.user.info in the file of --command-config");
    }

    @Test
    void asksApicurioInConfluentsWayWhereTheAddressSaysSo() {
        assertThat(RegistryUrl.isConfluentApi("http://r:8080/apis/ccompat/v7", Framing.APICURIO_CONTENT4))
                .isTrue();
        assertThat(RegistryUrl.isConfluentApi("http://r:8080/apis/registry/v3", Framing.APICURIO_CONTENT4))
                .isFalse();
        assertThat(RegistryUrl.isConfluentApi("http://r:8081", Framing.CONFLUENT))
                .isTrue();
    }
}
