package io.backprocess;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.backprocess.event.Event;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;

/** The packages are rooms on lines, and each knows only rooms on lower lines: no step knows another, and there is no circle. */
class JourneyTest {
    /** From the ground up. What stands beside each other does not know each other. */
    private static final List<List<String>> LINES = List.of(
            List.of("json", "yaml", "client"),
            List.of("render"),
            List.of("format"),
            List.of("format.avro", "format.jsonschema", "format.protobuf"),
            List.of("event"),
            List.of("batch"),
            List.of("kafka"),
            List.of("registry"),
            List.of("read", "decode", "dedupe", "revise", "upsert", "publish", "deadletter", "ledger", "context"),
            List.of("revise.rules"),
            List.of("envelope"),
            List.of("revise.operator"),
            List.of("revise.testkit"),
            List.of("revise.shipped"),
            List.of("plan"),
            List.of("control"),
            List.of("metrics"),
            List.of("job"),
            List.of("flink"),
            List.of("status"),
            List.of("replay"),
            List.of("verify"),
            List.of("verify.cluster", "verify.table"),
            List.of("rewrite", "preview", "promote"),
            List.of("report", "sample"),
            List.of("cli.options"),
            List.of("cli"),
            List.of(""));

    private static final List<String> STEPS =
            List.of("plan", "read", "decode", "dedupe", "revise", "upsert", "publish", "deadletter", "ledger");

    private static final Path SOURCES = Path.of("src/main/java/io/backprocess");
    private static final JavaClasses CLASSES = mainClasses();

    @Test
    void knowsOnlyLowerRooms() {
        Set<String> lower = new HashSet<>();
        for (List<String> line : LINES) {
            for (String room : line) {
                DescribedPredicate<JavaClass> allowed =
                        resideOutsideOfPackage("io.backprocess..").or(resideInAPackage(name(room)));
                for (String known : lower) {
                    allowed = allowed.or(resideInAPackage(name(known)));
                }
                classes()
                        .that()
                        .resideInAPackage(name(room))
                        .should()
                        .onlyDependOnClassesThat(allowed.as("stand in rooms on lower lines than %s", name(room)))
                        .check(CLASSES);
            }
            lower.addAll(line);
        }
    }

    /** Applications take it into their own programs. */
    @Test
    void needsOnlyKafkasClientInThePackageForApplications() {
        classes()
                .that()
                .resideInAPackage("io.backprocess.client")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.apache.kafka..", "org.jspecify..", "io.backprocess.client")
                .check(CLASSES);
    }

    @Test
    void knowsNoShippedRevisionButByItsName() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.backprocess.revise.shipped")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.backprocess.revise.shipped")
                .check(CLASSES);
    }

    /** They would take the place of those that bound what one poll brings into the heap. */
    @Test
    void givesNoConsumerDeserializersOfItsOwn() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.backprocess.client")
                .should()
                .callConstructor(KafkaConsumer.class, Properties.class, Deserializer.class, Deserializer.class)
                .orShould()
                .callConstructor(KafkaConsumer.class, Map.class, Deserializer.class, Deserializer.class)
                .check(CLASSES);
    }

    /** So that limits, formats and timeouts of clients stand in one place. */
    @Test
    void buildsKafkasClientsInOneRoom() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.backprocess.kafka", "io.backprocess.client")
                .should()
                .callConstructorWhere(target(owner(assignableTo(KafkaConsumer.class))))
                .orShould()
                .callConstructorWhere(target(owner(assignableTo(KafkaProducer.class))))
                .orShould()
                .callMethodWhere(
                        target(owner(assignableTo(Admin.class))).and(target(HasName.Predicates.name("create"))))
                .check(CLASSES);
    }

    /** The rooms with KafkaClients, which show no password; JDBC and a Flink class that is not used want Properties too. */
    @Test
    void handsNoClientPropertiesAround() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.backprocess.kafka",
                        "io.backprocess.client",
                        "io.backprocess.cli.options",
                        "io.backprocess.upsert",
                        "io.backprocess.replay")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Properties.class)
                .check(CLASSES);
    }

    @Test
    void saysInEachPackageWhichStepItIs() throws IOException {
        for (String step : STEPS) {
            String text = Files.readString(SOURCES.resolve(step).resolve("package-info.java"));

            assertThat(text.replaceAll("[\\s*]+", " "))
                    .as("%s/package-info", step)
                    .startsWith("/ Step %d: takes ".formatted(STEPS.indexOf(step) + 1))
                    .contains("@NullMarked");
        }
    }

    @Test
    void hasAPlaceForEveryPackage() throws IOException {
        Set<String> packages = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .forEach(file ->
                            packages.add(SOURCES.relativize(file.getParent()).toString()));
        }

        for (String each : packages) {
            assertThat(SOURCES.resolve(each).resolve("package-info.java")).exists();
        }
        assertThat(packages)
                .containsExactlyInAnyOrderElementsOf(LINES.stream()
                        .flatMap(List::stream)
                        .map(room -> room.replace('.', '/'))
                        .toList());
    }

    private static String name(String room) {
        return room.isEmpty() ? "io.backprocess" : "io.backprocess." + room;
    }

    /** Where the vocabulary was compiled to, so without the tests. */
    private static JavaClasses mainClasses() {
        URL location = Event.class.getProtectionDomain().getCodeSource().getLocation();
        // Names of library classes are enough; to read them too takes ten seconds.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter().importPath(Path.of(location.getPath()));
    }
}
