package io.weir.app.vendors;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.app.LiveCluster;
import io.weir.app.admin.Administration;
import io.weir.app.answer.Decider;
import io.weir.app.gateway.EchoUpstream;
import io.weir.edge.EdgeNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A broker, an enforcer with the five shipped policies and its admin server, an edge and an upstream, in this process: all that
 * stands behind the vendors' gateways. One serves every vendor test of a run, since it takes seconds to start.
 */
final class VendorSystem implements AutoCloseable {
    static final List<String> DOMAINS = List.of("hexnode", "hexagraph", "tagoio", "onboardinghub", "nexudus");

    /** A strike travels to its subject, and the block back, within some commits. */
    private static final String SOON_MS = "20";

    private final Path data;
    private final Administration admin;
    private final LiveCluster cluster;
    private final EdgeNode edge;
    private final EchoUpstream upstream;

    VendorSystem() {
        try {
            data = Files.createTempDirectory("weir-vendors");
            admin = Administration.start(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), InstantSource.system());
            cluster = LiveCluster.start(
                    data, Map.of("application.server", admin.advertised(null), "commit.interval.ms", SOON_MS));
            admin.serve(cluster.running());
            for (String domain : DOMAINS) {
                cluster.apply(Files.readString(Path.of("../policies", domain + ".yaml")));
            }
            edge = EdgeNode.builder()
                    .bootstrapServers(cluster.bootstrapServers())
                    .timeout(LiveCluster.PATIENCE)
                    .plainTokens()
                    .build();
            assertThat(edge.awaitReady(LiveCluster.PATIENCE)).isTrue();
            LiveCluster.patiently()
                    .until(() ->
                            DOMAINS.stream().allMatch(domain -> edge.registry().policy(domain) != null));
            upstream = EchoUpstream.start();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    LiveCluster cluster() {
        return cluster;
    }

    EdgeNode edge() {
        return edge;
    }

    Decider decider() {
        return Decider.of(edge);
    }

    EchoUpstream upstream() {
        return upstream;
    }

    URI admin() {
        return URI.create(admin.url());
    }

    @Override
    public void close() throws IOException {
        upstream.close();
        edge.close();
        cluster.close();
        admin.close();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
