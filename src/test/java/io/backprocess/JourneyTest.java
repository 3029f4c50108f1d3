package io.backprocess;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.event.Event;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.Deserializer;
import org.junit.jupiter.api.Test;

/** The packages stand in the order in which an event meets them, and no step knows another. */
class JourneyTest {
    private static final List<String> STEPS =
            List.of("plan", "read", "decode", "dedupe", "revise", "upsert", "publish", "deadletter", "ledger");

    /** What a step may know of another, and why. */
    private static final Map<String, Set<Class<?>>> EXCEPTIONS =
            // A plan says in the words of these steps what they shall do.
            Map.of("plan", Set.of(DedupeScope.class, ResultHeaders.class));

    private static final Path SOURCES = Path.of("src/main/java/io/backprocess");
    private static final JavaClasses CLASSES = mainClasses();

    @Test
    void knowsOnlyTheVocabularyAndItselfInEachStep() {
        for (String step : STEPS) {
            DescribedPredicate<JavaClass> allowed = resideOutsideOfPackage("io.backprocess..")
                    .or(resideInAPackage("io.backprocess.event"))
                    .or(resideInAPackage(packages(step)));
            for (Class<?> exception : EXCEPTIONS.getOrDefault(step, Set.of())) {
                allowed = allowed.or(name(exception.getName()));
            }

            classes()
                    .that()
                    .resideInAPackage(packages(step))
                    .should()
                    .onlyDependOnClassesThat(allowed)
                    .check(CLASSES);
        }
    }

    @Test
    void knowsNoStepInTheVocabulary() {
        classes()
                .that()
                .resideInAPackage("io.backprocess.event")
                .should()
                .onlyDependOnClassesThat(
                        resideOutsideOfPackage("io.backprocess..").or(resideInAPackage("io.backprocess.event")))
                .check(CLASSES);
    }

    @Test
    void knowsTheCommandLineAtTheTopOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.backprocess", "io.backprocess.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.backprocess.cli..")
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
                .should()
                .callConstructor(KafkaConsumer.class, Properties.class, Deserializer.class, Deserializer.class)
                .orShould()
                .callConstructor(KafkaConsumer.class, Map.class, Deserializer.class, Deserializer.class)
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
        packages.removeAll(STEPS);
        assertThat(packages)
                .containsExactly(
                        "",
                        "cli",
                        "context",
                        "event",
                        "metrics",
                        "preview",
                        "promote",
                        "redrive",
                        "repair",
                        "report",
                        "revise/shipped",
                        "revise/testkit",
                        "sample",
                        "verify");
    }

    private static String packages(String step) {
        return "io.backprocess." + step + "..";
    }

    /** Where the vocabulary was compiled to, so without the tests. */
    private static JavaClasses mainClasses() {
        URL location = Event.class.getProtectionDomain().getCodeSource().getLocation();
        // Names of library classes are enough; to read them too takes ten seconds.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        return new ClassFileImporter().importPath(Path.of(location.getPath()));
    }
}
