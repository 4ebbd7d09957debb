package io.weir.app.vendors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weir.app.LiveCluster;
import io.weir.app.answer.Answering;
import io.weir.app.cli.CommandLineInterface;
import io.weir.app.gateway.Checks;
import io.weir.app.gateway.EchoUpstream;
import io.weir.app.gateway.Gateway;
import io.weir.app.gateway.GatewayConfig;
import io.weir.app.gateway.TestClock;
import io.weir.app.identity.Identities;
import io.weir.app.identity.TrustedProxies;
import io.weir.engine.Decision;
import io.weir.engine.Request;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * A vendor's API: a gateway with the vendor's policy before an upstream that serves everything. The gateway believes this
 * machine about whose requests come through it, as it would a vendor's load balancer.
 *
 * <p>Its time is the test's: nothing sleeps. What was used stays used from one test to the next, so each test's callers are new
 * ones.
 */
final class VendorApi implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
    private static final Namespace SHARED = Namespace.create(VendorSystem.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** Every request is to be answered within. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Where servers of other protocols ask. */
    static final String ASKED_AT = "/weir/auth";

    private static final List<String> IDENTITIES_ASKED =
            List.of("profile=header:X-Profile-Id", "device=header:X-Device-Id", "plan=header:X-Plan");

    private static final String NOON = "2026-01-01T12:00:00Z";

    private final String domain;
    private final boolean realTime;
    private final TestClock driven = new TestClock(NOON);
    private @Nullable VendorSystem system;
    private @Nullable Gateway gateway;
    private int callers;

    private VendorApi(String domain, boolean realTime) {
        this.domain = domain;
        this.realTime = realTime;
    }

    /** On the test's time; each test begins at noon of the first day of 2026. */
    static VendorApi of(String domain) {
        return new VendorApi(domain, false);
    }

    /** On the machine's time. */
    static VendorApi onRealTime(String domain) {
        return new VendorApi(domain, true);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        // Usage history of driven time would be long past for events of today: they get a system of their own.
        system = context.getRoot()
                .getStore(SHARED)
                .computeIfAbsent(realTime, any -> new VendorSystem(), VendorSystem.class);
        TrustedProxies here = TrustedProxies.of(List.of("127.0.0.1"));
        GatewayConfig config = new GatewayConfig(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                system.upstream().uri(),
                system.admin(),
                PATIENCE,
                Duration.ofSeconds(1),
                here,
                false,
                false);
        InstantSource clock = realTime ? InstantSource.system() : driven;
        Answering answering = new Answering(domain, system.decider(), Identities.of(List.of(), here), clock, null);
        Checks checks = new Checks(ASKED_AT, here, answering.reading(Identities.passedOn(IDENTITIES_ASKED, here)));
        gateway = Gateway.start(config, answering, token -> token, checks);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        system().upstream().forget();
        driven.set(NOON);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (gateway != null) {
            gateway.close();
        }
    }

    private VendorSystem system() {
        if (system == null) {
            throw new IllegalStateException("a @RegisterExtension that is static starts before the tests");
        }
        return system;
    }

    String domain() {
        return domain;
    }

    InetSocketAddress address() {
        if (gateway == null) {
            throw new IllegalStateException("a @RegisterExtension that is static starts before the tests");
        }
        return gateway.address();
    }

    String url(String path) {
        return "http://127.0.0.1:" + address().getPort() + path;
    }

    EchoUpstream upstream() {
        return system().upstream();
    }

    /** Makes it that time: {@code 12:45:09} of the day it is, or another day's {@code 2026-01-02T00:00:00Z}. */
    void at(String time) {
        String day = driven.instant().toString().substring(0, "2026-01-01T".length());
        driven.set(time.contains("T") ? time : day + time + "Z");
    }

    void later(Duration time) {
        driven.advance(time);
    }

    /** The time it is, in ms. */
    long now() {
        return realTime ? System.currentTimeMillis() : driven.millis();
    }

    /** Someone who has not asked anything yet, at an address of their own. */
    Caller caller() {
        callers++;
        return Caller.at(this, "198.51." + domain.length() + "." + callers);
    }

    /** Runs a command of the command line on this system. */
    void weir(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--bootstrap-server", system().cluster().bootstrapServers()));
        assertThat(CommandLineInterface.run(all.toArray(String[]::new))).isZero();
    }

    /** Makes an entity's attribute or limit known, as in {@code account acme --attribute devices=100}, and waits for it. */
    void entity(String type, String id, String option, String nameAndValue) {
        weir("entity", "set", type, id, option, nameAndValue);
        String name = nameAndValue.substring(0, nameAndValue.indexOf('='));
        String value = nameAndValue.substring(nameAndValue.indexOf('=') + 1);
        LiveCluster.patiently().until(() -> {
            var known = system().cluster().running().registry().entity(type, id);
            boolean attribute = option.equals("--attribute");
            return known != null
                    && value.equals(String.valueOf(
                            attribute
                                    ? known.attributes().get(name)
                                    : known.limits().get(name)));
        });
    }

    /** Waits until the enforcer knows that this caller's address is blocked: what it has earned travels for some ms. */
    void awaitBlock(Caller caller) {
        String ip = String.valueOf(caller.identity().get("ip"));
        LiveCluster.patiently()
                .until(() -> system().cluster().running().registry().blocks().stream()
                        .anyMatch(block ->
                                block.domain().equals(domain) && block.values().contains(ip)));
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Sends them all at once. */
    List<HttpResponse<String>> send(List<HttpRequest> requests) throws InterruptedException, ExecutionException {
        var sent = requests.stream()
                .map(request -> HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
                .toList();
        List<HttpResponse<String>> answers = new ArrayList<>();
        for (var each : sent) {
            answers.add(each.get());
        }
        return answers;
    }

    /** Has an event decided that did not come over HTTP. */
    Decision decide(Request event) throws InterruptedException, ExecutionException {
        return system().edge().decide(event).toCompletableFuture().get();
    }

    /** Charges hits that were admitted already. */
    void report(Request event) {
        system().edge().report(event.asReport());
    }

    /** The limits at {@code /api/usage}, or windows at {@code /api/usage/history}, as operators ask for them. */
    JsonNode admin(String path, String query) throws IOException, InterruptedException {
        URI uri = URI.create(system().admin() + path + "?domain=" + domain + "&" + query);
        HttpResponse<String> answer = send(HttpRequest.newBuilder(uri).build());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    /** What an answer's {@code X-RateLimit-Reset} is, for a time. */
    static String unixSeconds(String time) {
        return Long.toString(Instant.parse(time).getEpochSecond());
    }
}
