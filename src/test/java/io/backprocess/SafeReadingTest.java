package io.backprocess;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.ObjectInputStream;
import org.apache.flink.util.InstantiationUtil;

/** Whoever writes to a topic chooses bytes, never classes. */
@AnalyzeClasses(packages = "io.backprocess", importOptions = DoNotIncludeTests.class)
class SafeReadingTest {
    @ArchTest
    static final ArchRule nothingReadsJavaObjects = noClasses()
            .should()
            .dependOnClassesThat()
            .areAssignableTo(ObjectInputStream.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(InstantiationUtil.class);

    @ArchTest
    static final ArchRule noJsonNamesItsClass = noClasses()
            .should()
            .callMethodWhere(com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                            com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching(
                                    "(activate|enable|set)Default(Typing.*|Typer)"))
                    .and(com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                            com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner(
                                    com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(
                                                    ObjectMapper.class)
                                            .or(com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(
                                                    MapperBuilder.class))))))
            .orShould()
            .beAnnotatedWith(com.fasterxml.jackson.annotation.JsonTypeInfo.class);
}
