package io.backprocess.upsert;

import io.backprocess.yaml.YamlDocument;
import io.backprocess.yaml.YamlMap;
import java.util.regex.Pattern;

/** Reads the way to a database: its address, its user, and the place of the password. */
final class LoginReader {
    private static final Pattern SECRET =
            Pattern.compile("(?i)(pass(word|wd|phrase)?|pwd|secret)[0-9]*\\s*=|//[^/?]*@");
    private static final String WHERE_THE_PASSWORD_BELONGS =
            "put it into a file or an environment variable, and name that with password-file or password-env";

    private LoginReader() {}

    /**
     * Reads a file of a login alone.
     *
     * @param planned the login of the plan, which gives what the file leaves out
     * @throws IllegalArgumentException with all problems, one line each
     */
    static UpsertDefinition.Login read(String file, String yaml, UpsertDefinition.Login planned) {
        YamlDocument document = new YamlDocument(file, yaml);
        YamlMap root = document.root();
        if (root.has("url")) {
            Dialect dialect = dialect(root);
            if (dialect != Dialect.of(planned.url())) {
                root.problem(
                        "url",
                        "the table was written in another kind of database, as its url %s says"
                                .formatted(planned.url()));
            }
        }
        UpsertDefinition.Login login = login(root, planned.user());
        checkPassword(root, "a password does not belong here; ");
        root.finish();
        document.throwProblems();
        boolean hasPassword = login.passwordFile() != null || login.passwordEnv() != null;
        return new UpsertDefinition.Login(
                root.has("url") ? login.url() : planned.url(),
                login.user(),
                hasPassword ? login.passwordFile() : planned.passwordFile(),
                hasPassword ? login.passwordEnv() : planned.passwordEnv());
    }

    static UpsertDefinition.Login login(YamlMap root, String otherUser) {
        return new UpsertDefinition.Login(
                root.text("url", ""),
                root.text("user", otherUser),
                root.text("password-file"),
                root.text("password-env"));
    }

    static Dialect dialect(YamlMap root) {
        String url = root.text("url", "");
        if (!root.has("url")) {
            return Dialect.POSTGRESQL;
        }
        if (SECRET.matcher(url).find()) {
            root.problem("url", "the url has a password in it; " + WHERE_THE_PASSWORD_BELONGS);
        }
        Dialect dialect = Dialect.of(url);
        if (dialect == null) {
            root.problem("url", "the url does not start with one of jdbc:postgresql: jdbc:mariadb: jdbc:mysql:");
            return Dialect.POSTGRESQL;
        }
        return dialect;
    }

    /** @param why why the file must have no password, as the start of a message */
    static void checkPassword(YamlMap root, String why) {
        root.refuse("password", why + WHERE_THE_PASSWORD_BELONGS);
        if (root.has("password-file") && root.has("password-env")) {
            root.nameProblem("password-env", "there is a password-file already; name only one of the two");
        }
    }
}
