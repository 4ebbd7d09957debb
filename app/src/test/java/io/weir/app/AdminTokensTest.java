package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.app.admin.AdminTokens;
import io.weir.app.admin.Administration;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is let into the admin API. */
class AdminTokensTest {
    private static final String READ = "read-0123456789abcdef";
    private static final String OPERATE = "operate-0123456789abcdef";

    @TempDir
    private Path folder;

    private AdminTokens tokens(String lines) throws Exception {
        return AdminTokens.read(Files.writeString(folder.resolve("tokens"), lines));
    }

    private static HttpResponse<String> ask(Administration admin, String method, String path, @Nullable String header)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(admin.url() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (header != null) {
            request.header("Authorization", header);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            # method, path,     header,                            status
            GET,      /healthz, -,                                 200
            GET,      /readyz,  -,                                 503
            GET,      /metrics, -,                                 401
            GET,      /metrics, Bearer read-0123456789abcdef,      200
            GET,      /metrics, bearer operate-0123456789abcdef,   200
            GET,      /metrics, Bearer read-0123456789abcdeg,      401
            GET,      /metrics, Bearer read-0123456789abcdef0,     401
            GET,      /metrics, Bearer,                            401
            GET,      /metrics, Basic cmVhZDpyZWFk,                401
            GET,      /metrics, read-0123456789abcdef,             401
            GET,      //metrics, -,                                401
            GET,      /healthz/../metrics, -,                      400
            POST,     /metrics, Bearer read-0123456789abcdef,      403
            DELETE,   /metrics, Bearer read-0123456789abcdef,      403
            POST,     /metrics, Bearer operate-0123456789abcdef,   405
            """)
    void shouldLetInWhoShowsATokenOfTheRole(String method, String path, @Nullable String header, int status)
            throws Exception {
        // Given
        AdminTokens tokens = tokens("# who may ask\n\nprometheus read " + READ + "\nann operate " + OPERATE + "\n");
        try (Administration admin = Administration.start(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tokens, InstantSource.system())) {
            // When
            HttpResponse<String> answer = ask(admin, method, path, header);

            // Then
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            assertThat(answer.headers().firstValue("WWW-Authenticate").isPresent())
                    .isEqualTo(status == 401);
            assertThat(answer.body()).doesNotContain("0123456789abcde");
        }
    }

    @Test
    void shouldNotListenForOthersWhenAnybodyCouldAsk() {
        assertThatThrownBy(() -> Administration.start(
                        new InetSocketAddress("0.0.0.0", 0), AdminTokens.NONE, InstantSource.system()))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "admin server on 0.0.0.0:0: expected an address of the loopback interface, or --admin-tokens"
                                + " FILE to say who may ask, found neither: whoever reaches it would see who uses what");
    }

    @Test
    void shouldServeNothingWhenToldSo() {
        try (Administration none = Administration.start(null, AdminTokens.NONE, InstantSource.system())) {
            assertThat(none.url()).isNull();
            assertThat(none.advertised(null)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " ! ", textBlock = """
            ann ! :2: expected NAME read|operate TOKEN, the token of at least 16 characters, found 1 words
            ann read ! :2: expected NAME read|operate TOKEN, the token of at least 16 characters, found 2 words
            ann operate secret ! :2: expected NAME read|operate TOKEN, the token of at least 16 characters, found 6 characters
            ann secret-0123456789ab read ! :2: expected NAME read|operate TOKEN, the token of at least 16 characters, found another role
            '# only a comment'   ! : expected at least one token, found none
            """)
    void shouldTellWhatIsWrongWithoutRepeatingSecrets(String line, String told) {
        assertThatThrownBy(() -> tokens("# tokens\n" + line + "\n"))
                .isInstanceOf(UserException.class)
                .hasMessage(folder.resolve("tokens") + told)
                .message()
                .doesNotContain("secret");
    }

    @Test
    void shouldTellThatThereIsNoFile() {
        assertThatThrownBy(() -> AdminTokens.read(folder.resolve("none")))
                .isInstanceOf(UserException.class)
                .hasMessageEndingWith("none: expected a file of tokens that can be read, found none");
    }
}
