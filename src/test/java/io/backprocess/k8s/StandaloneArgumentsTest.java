package io.backprocess.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.flink.container.entrypoint.StandaloneApplicationClusterConfigurationParserFactory;
import org.apache.flink.runtime.entrypoint.ClusterConfigurationParserFactory;
import org.apache.flink.runtime.entrypoint.parser.CommandLineOptions;
import org.junit.jupiter.api.Test;

/**
 * Flink's own parsers read the arguments without the operator as they are meant. They take the first that they do not know for the job's,
 * and silently all behind it: {@code --host}, which is not theirs in 2.2, would make the job start without high availability.
 */
class StandaloneArgumentsTest {
    @Test
    void givesTheJobManagerItsSettingsAndTheJobTheRest() throws ParseException {
        List<String> arguments = arguments("Job", "standalone-job");

        CommandLine parsed =
                parse(new StandaloneApplicationClusterConfigurationParserFactory().getOptions(), arguments);

        assertThat(parsed.getOptionValue("job-classname")).isEqualTo("io.backprocess.Backprocess");
        assertThat(parsed.getOptionProperties(CommandLineOptions.DYNAMIC_PROPERTY_OPTION.getOpt())
                        .stringPropertyNames())
                .containsExactlyInAnyOrder(
                        "jobmanager.rpc.address",
                        "kubernetes.namespace",
                        "kubernetes.cluster-id",
                        "high-availability.cluster-id",
                        "high-availability.storageDir",
                        "execution.checkpointing.dir",
                        "execution.checkpointing.savepoint-dir");
        assertThat(parsed.getArgs()).startsWith("run").hasSize(11);
    }

    @Test
    void givesTheTaskManagerItsSettings() throws ParseException {
        List<String> arguments = arguments("Deployment", "taskmanager");

        CommandLine parsed = parse(ClusterConfigurationParserFactory.options(), arguments);

        assertThat(parsed.getOptionProperties(CommandLineOptions.DYNAMIC_PROPERTY_OPTION.getOpt())
                        .stringPropertyNames())
                .containsExactlyInAnyOrder(
                        "taskmanager.host",
                        "kubernetes.namespace",
                        "kubernetes.cluster-id",
                        "high-availability.cluster-id",
                        "high-availability.storageDir");
        assertThat(parsed.getArgs()).isEmpty();
    }

    @Test
    void noticesAnArgumentThatFlinkDoesNotKnow() throws ParseException {
        List<String> arguments = new ArrayList<>(arguments("Job", "standalone-job"));
        arguments.addAll(0, List.of("--host", "10.0.0.1"));

        CommandLine parsed =
                parse(new StandaloneApplicationClusterConfigurationParserFactory().getOptions(), arguments);

        assertThat(parsed.getArgs()).startsWith("--host");
    }

    /** As the image's entry point hands them on: the word that chooses the process is its own. */
    private static List<String> arguments(String kind, String word) {
        List<String> arguments = Pod.elements(
                        ManifestsTest.one("overlays/standalone", kind).at("/spec/template/spec/containers/0/args"))
                .map(argument -> argument.asText())
                .toList();
        assertThat(arguments).startsWith(word);
        return arguments.subList(1, arguments.size());
    }

    private static CommandLine parse(Options options, List<String> arguments) throws ParseException {
        List<String> all = new ArrayList<>(Arrays.asList("--configDir", "/opt/flink/conf"));
        all.addAll(arguments);
        return new DefaultParser().parse(options, all.toArray(String[]::new), true);
    }
}
