package io.backprocess.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Java's keytool, which makes the keys and certificates of the tests. */
public final class Keytool {
    private Keytool() {}

    /** Runs a command on a store. */
    public static void run(String command, Path store, String password) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        words.addAll(List.of(command.split(" ")));
        // Each client opens the stores. With the default of 10 000 rounds of hashing that took an eighth of all tests'
        // CPU.
        for (String rounds : List.of("macIterationCount", "certPbeIterationCount", "keyPbeIterationCount")) {
            words.add("-J-Dkeystore.pkcs12." + rounds + "=1");
        }
        words.addAll(List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", password));
        try {
            Process keytool =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(keytool.waitFor()).as(said).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
