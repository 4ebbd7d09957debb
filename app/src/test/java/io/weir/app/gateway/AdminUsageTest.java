package io.weir.app.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.engine.Request;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class AdminUsageTest {
    private static final Request REQUEST = new Request(
            "r1", 5, "example", "GET", "/", "192.0.2.1", null, null, null, null, null, 1, Map.of(), false, 0);

    private static CompletableFuture<?> ask(AdminUsage usage) {
        return usage.of(REQUEST).toCompletableFuture();
    }

    @Test
    void shouldShowItsTokenToAnAdminApiThatWantsOne() throws Exception {
        try (EchoUpstream admin = EchoUpstream.start()) {
            // Given
            admin.answers(exchange -> {
                boolean shown = "Bearer gateways-0123456789"
                        .equals(exchange.getRequestHeaders().getFirst("Authorization"));
                EchoUpstream.answer(exchange, shown ? 200 : 401, shown ? "{\"limits\":[]}" : "{}");
            });

            // When
            Object limits = ask(new AdminUsage(admin.uri(), "gateways-0123456789", token -> token))
                    .get();

            // Then
            assertThat(limits).asInstanceOf(InstanceOfAssertFactories.LIST).isEmpty();
            assertThatThrownBy(() -> ask(new AdminUsage(admin.uri(), null, token -> token))
                            .get())
                    .hasMessageContaining("expected usage, found status 401");
        }
    }
}
