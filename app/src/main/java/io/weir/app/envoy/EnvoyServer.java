package io.weir.app.envoy;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.weir.app.UserException;
import io.weir.app.answer.Answering;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The gRPC server that Envoy asks. It calls nothing that waits, so its network threads do all the work. */
public final class EnvoyServer implements AutoCloseable {
    private final Server server;
    private final Duration drain;

    private EnvoyServer(Server server, Duration drain) {
        this.server = server;
        this.drain = drain;
    }

    /**
     * Begins to listen.
     *
     * @param listen port 0 is any free one
     * @param answering whose domain is that of authorizations that name none
     * @param ready whether requests are decided rather than answered for want of a decision
     * @param drain how long calls in flight may take when the server is closed
     * @throws UserException when somebody else listens there, or the address is not one of this machine
     */
    public static EnvoyServer start(
            InetSocketAddress listen,
            Answering answering,
            DescriptorMapping mapping,
            boolean lenientPaths,
            InstantSource clock,
            BooleanSupplier ready,
            Duration drain) {
        Server server = NettyServerBuilder.forAddress(listen)
                .directExecutor()
                .addService(new RateLimits(answering, mapping, clock))
                .addService(new Authorizations(answering, lenientPaths))
                .addService(new Health(ready))
                .addService(ProtoReflectionServiceV1.newInstance())
                .build();
        try {
            server.start();
        } catch (IOException taken) {
            throw UserException.failed(
                    "gRPC on " + listen.getHostString() + ":" + listen.getPort()
                            + ": expected a free port of this machine, found " + taken.getMessage()
                            + "; another one: --grpc-listen HOST:PORT",
                    taken);
        }
        return new EnvoyServer(server, drain);
    }

    /** Where it listens; the port is the real one. */
    public InetSocketAddress address() {
        for (SocketAddress socket : server.getListenSockets()) {
            if (socket instanceof InetSocketAddress address) {
                return address;
            }
        }
        throw new IllegalStateException("a server that has started has an address");
    }

    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(drain.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            server.shutdownNow();
        }
    }
}
