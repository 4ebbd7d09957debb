package io.weir.app.envoy;

import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.util.function.BooleanSupplier;

/** gRPC's health check, of every service alike: serving as soon as the edge knows what it must know. */
final class Health extends HealthGrpc.HealthImplBase {
    private final BooleanSupplier ready;

    Health(BooleanSupplier ready) {
        this.ready = ready;
    }

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
        ServingStatus status = ready.getAsBoolean() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
        Replies.send(
                observer, HealthCheckResponse.newBuilder().setStatus(status).build());
    }
}
