package io.weir.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Options that have two names. */
class OptionsTest {
    @ParameterizedTest
    @ValueSource(strings = {"--listen", "--admin-listen"})
    void shouldTakeEitherNameOfWhereTheAdminApiListens(String option) {
        // When
        CommandLine.ParseResult parsed = CommandLineInterface.commandLine().parseArgs("run", option, "127.0.0.1:18090");

        // Then
        assertThat(parsed.subcommand().matchedOptionValue(option, (InetSocketAddress) null))
                .isEqualTo(new InetSocketAddress(InetAddress.getLoopbackAddress(), 18_090));
    }
}
