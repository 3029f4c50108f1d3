package io.backprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What {@code mvn package} has put into the one jar, as the job and the command line run it. */
@SuppressWarnings("NullAway.Init")
class JarITCase {
    private static final Path JAR = Path.of("target/backprocess.jar");
    private static final Path BILL = Path.of("target/bom.json");
    private static final Set<String> LICENCES =
            Set.of("Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "BSD-4-Clause", "Go License");

    private static List<String> entries;

    /** As they stand there: the index would hide those that come twice. */
    @BeforeAll
    static void read() throws IOException {
        assumeThat(JAR).as("built by mvn package").exists();
        entries = new ArrayList<>();
        try (InputStream file = Files.newInputStream(JAR);
                ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.add(entry.getName());
            }
        }
    }

    @Test
    void holdsNothingTwiceAndNoSignatures() {
        assertThat(entries).doesNotHaveDuplicates().hasSizeGreaterThan(1000);
        assertThat(entries).noneMatch(entry -> entry.matches("META-INF/[^/]+\\.(SF|DSA|RSA|EC)"));
        assertThat(entries).noneMatch(entry -> entry.endsWith("module-info.class"));
    }

    /** The cluster has them: a second copy would be another system with another configuration. */
    @Test
    void leavesLoggingAndFlinkToTheCluster() {
        assertThat(entries)
                .noneMatch(
                        entry -> entry.matches(
                                "(org/slf4j|org/apache/(logging|log4j|commons/logging)|ch/qos/logback|org/jboss/logging|org/tinylog)/.*"))
                .noneMatch(entry -> entry.matches("META-INF/services/org\\.(slf4j|apache\\.(logging|log4j))\\..*"))
                .noneMatch(entry -> entry.matches("org/apache/flink/(runtime|streaming/runtime|core|api/common)/.*"))
                .noneMatch(entry -> entry.matches("(log4j|logback).*\\.(xml|properties|yaml|json)"))
                .noneMatch(entry -> entry.startsWith("org/rocksdb/") || entry.startsWith("org/mariadb/"));
    }

    @Test
    void holdsItsLicenceAndTheListOfWhatItCarries() {
        assertThat(entries).contains("META-INF/LICENSE", "META-INF/NOTICE", "META-INF/THIRD-PARTY.md");
    }

    /** Of Apache's licence one copy does for all; every other asks for its own text, with the names in it, to go along. */
    @Test
    void holdsTheLicencesAndNoticesOfWhatItCarries() throws IOException {
        List<String> licences = Files.readAllLines(Path.of("docs/dependencies.md")).stream()
                .map(line -> line.split(" *\\| *"))
                .filter(cells -> cells.length > 4 && LICENCES.contains(cells[3]) && !cells[3].equals("Apache-2.0"))
                .map(cells -> cells[1].replace("`", "").replace(':', '/'))
                // Nothing of it is in the jar.
                .filter(component -> !component.equals("org.slf4j/slf4j-api"))
                .map(component -> component.equals("org.webjars.npm/uplot")
                        ? "META-INF/resources/webjars/uplot/1.6.30/LICENSE"
                        : "META-INF/licenses/" + component + "/LICENSE")
                .toList();

        assertThat(licences).hasSizeGreaterThan(8);
        assertThat(entries).containsAll(licences);
        // The native libraries inside those of Apache's licence.
        assertThat(entries)
                .contains(
                        "META-INF/licenses/at.yawk.lz4/lz4-java/lz4/LICENSE",
                        "META-INF/licenses/com.github.luben/zstd-jni/zstd/LICENSE",
                        "META-INF/licenses/org.xerial.snappy/snappy-java/snappy/COPYING");
        try (ZipFile zip = new ZipFile(JAR.toFile())) {
            assertThat(text(zip, "META-INF/NOTICE")).contains("Apache Flink", "Apache Commons Lang", "Jackson");
            assertThat(text(zip, "NOTICE")).contains("Apache Kafka");
        }
    }

    private static String text(ZipFile zip, String entry) throws IOException {
        return new String(zip.getInputStream(zip.getEntry(entry)).readAllBytes(), StandardCharsets.UTF_8);
    }

    /** So that nothing comes in unseen. */
    @Test
    void holdsWhatThePageSays() throws IOException {
        assumeThat(BILL).as("written by mvn package").exists();
        JsonNode bill = new ObjectMapper().readTree(BILL.toFile());
        List<String> page = Files.readAllLines(Path.of("docs/dependencies.md")).stream()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(0, line.indexOf('|', line.indexOf('|', line.indexOf('|', 1) + 1) + 1) + 1))
                .toList();

        List<String> carried = new ArrayList<>();
        for (JsonNode component : bill.path("components")) {
            JsonNode licence = component.at("/licenses/0/license");
            String name = licence.path("id").asText(licence.path("name").asText());
            assertThat(LICENCES).as(component.path("name").asText()).contains(name);
            carried.add("| `%s:%s` | %s | %s |"
                    .formatted(
                            component.path("group").asText(),
                            component.path("name").asText(),
                            component.path("version").asText(),
                            name));
        }

        assertThat(page).containsExactlyInAnyOrderElementsOf(carried).isNotEmpty();
        assertThat(bill.path("metadata").has("timestamp"))
                .as("the same bill every time")
                .isFalse();
        assertThat(bill.has("serialNumber")).isFalse();
    }
}
