package io.weir.app;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Dependencies point one way, and rules know neither clock nor chance. */
@AnalyzeClasses(packages = "io.weir", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
    @ArchTest
    static final ArchRule LAYERS = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("schemas")
            .definedBy("io.weir.schemas..")
            .layer("engine")
            .definedBy("io.weir.engine..")
            .layer("wire")
            .definedBy("io.weir.wire..")
            .layer("topology")
            .definedBy("io.weir.topology..")
            .layer("edge")
            .definedBy("io.weir.edge..")
            .layer("testkit")
            .definedBy("io.weir.testkit..")
            .layer("app")
            .definedBy("io.weir.app..")
            .whereLayer("app")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("testkit")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("topology")
            .mayOnlyBeAccessedByLayers("testkit", "app")
            .whereLayer("edge")
            .mayOnlyBeAccessedByLayers("app")
            .whereLayer("wire")
            .mayOnlyBeAccessedByLayers("topology", "edge", "testkit", "app")
            .whereLayer("engine")
            .mayOnlyBeAccessedByLayers("wire", "topology", "edge", "testkit", "app")
            .whereLayer("schemas")
            .mayOnlyBeAccessedByLayers("wire", "topology", "edge", "testkit", "app");

    @ArchTest
    static final ArchRule ENGINE_IS_PURE_JAVA = noClasses()
            .that()
            .resideInAPackage("io.weir.engine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache..", "io.weir.schemas..", "com.fasterxml..");

    @ArchTest
    static final ArchRule NO_CLOCK_NO_CHANCE = noClasses()
            .that()
            .resideInAnyPackage("io.weir.engine..", "io.weir.topology..")
            // Where it keeps an entry is a matter of chance, so that nobody can foresee it; what is decided is not.
            .and()
            .doNotHaveSimpleName("WarmEntries")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callMethod(UUID.class, "randomUUID")
            .orShould()
            .callMethodWhere(describe(
                    "now of java.time",
                    call -> call.getName().equals("now")
                            && call.getTargetOwner().getPackageName().startsWith("java.time")))
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(InstantSource.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(RandomGenerator.class);
}
