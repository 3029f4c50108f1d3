package io.backprocess.batch;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The address of a schema registry, up to the path of its API: {@code https://registry:8081}. */
public final class RegistryUrl {
    private static final String CONFLUENT_API = "/apis/ccompat/";
    private static final String APICURIO_API = "/apis/registry/";

    private RegistryUrl() {}

    /** Returns what is wrong with an address, one sentence each. No sentence repeats a password that stands in it. */
    public static List<String> problems(String url, @Nullable Framing framing) {
        // A user's name and password are before an '@', and a host or a path of an API has none.
        if (url.indexOf('@') >= 0) {
            return List.of(
                    "--registry has a user or a password in it; give them as schema.registry.basic.auth.user.info"
                            + " in the file of --command-config");
        }
        URI uri = parse(url);
        if (uri == null || !(isScheme(uri, "http") || isScheme(uri, "https"))) {
            return List.of("--registry '%s' is not a URL that begins with http:// or https://".formatted(url));
        }
        List<String> problems = new ArrayList<>();
        if (uri.getHost() == null) {
            problems.add(
                    "--registry '%s' has no host, or one that is not valid in a URL; an '_' is not".formatted(url));
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            problems.add("--registry '%s' has a '?' or a '#'; give it up to the path of the API only".formatted(url));
        }
        if (framing == Framing.APICURIO_GLOBAL8 || framing == Framing.APICURIO_HEADERS) {
            if (url.contains(CONFLUENT_API)) {
                problems.add("--registry '%s' does not find the global ids of --framing %s; give Apicurio's own API: %s"
                        .formatted(url, framing, "…/apis/registry/v3"));
            }
        } else if (framing != Framing.APICURIO_CONTENT4 && url.contains(APICURIO_API)) {
            problems.add("--registry '%s' does not know the ids of --framing %s; give Apicurio's Confluent API: %s"
                    .formatted(url, framing, "…/apis/ccompat/v7"));
        }
        return problems;
    }

    private static @Nullable URI parse(String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static boolean isScheme(URI uri, String scheme) {
        return scheme.equalsIgnoreCase(uri.getScheme());
    }

    /** Tells whether the registry is asked in Confluent's way. Apicurio knows its content ids in both ways. */
    public static boolean isConfluentApi(String url, Framing framing) {
        return switch (framing) {
            case CONFLUENT, CONFLUENT_HEADER -> true;
            case APICURIO_CONTENT4, APICURIO_GLOBAL8, APICURIO_HEADERS -> url.contains(CONFLUENT_API);
        };
    }
}
