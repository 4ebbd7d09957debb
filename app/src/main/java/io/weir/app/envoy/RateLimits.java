package io.weir.app.envoy;

import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.weir.app.answer.Answering;
import io.weir.app.answer.Answering.Answered;
import io.weir.app.answer.Problem;
import io.weir.app.identity.BadRequestException;
import io.weir.engine.Request;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Envoy's rate limit service, version 3. Each descriptor is a request of its own, decided and charged by itself: the answer is
 * {@code OVER_LIMIT} if any is denied, and those that were admitted stay charged, as in Envoy's reference service. Whoever wants
 * several limits decided together puts their entries into one descriptor.
 */
final class RateLimits extends RateLimitServiceGrpc.RateLimitServiceImplBase {
    private static final int MAX_DESCRIPTORS = 100;

    /** A field that the generated classes do not know yet: whether the hits are to be given back. */
    private static final int NEGATIVE_HITS = 4;

    private final Answering answering;
    private final DescriptorMapping mapping;
    private final InstantSource clock;

    RateLimits(Answering answering, DescriptorMapping mapping, InstantSource clock) {
        this.answering = answering;
        this.mapping = mapping;
        this.clock = clock;
    }

    @Override
    public void shouldRateLimit(RateLimitRequest request, StreamObserver<RateLimitResponse> observer) {
        Replies.mayBeLost(observer);
        if (request.getDomain().isEmpty()
                || request.getDescriptorsCount() == 0
                || request.getDescriptorsCount() > MAX_DESCRIPTORS) {
            observer.onError(Status.INVALID_ARGUMENT
                    .withDescription("expected a domain and 1 to " + MAX_DESCRIPTORS + " descriptors, found domain '"
                            + request.getDomain() + "' and " + request.getDescriptorsCount())
                    .asRuntimeException());
            return;
        }
        List<Request> events = new ArrayList<>(request.getDescriptorsCount());
        try {
            long now = clock.millis();
            for (RateLimitDescriptor descriptor : request.getDescriptorsList()) {
                events.add(mapping.request(request.getDomain(), descriptor, hits(request, descriptor), now));
            }
        } catch (BadRequestException contradiction) {
            // An error would make Envoy let the request pass, by any token that its client made up.
            Replies.send(
                    observer,
                    RateLimitAnswer.refused(
                            request.getDescriptorsCount(),
                            Problem.of(400, "Bad Request", contradiction.getMessage())
                                    .answer()));
            return;
        }
        Answering ofDomain = answering.of(request.getDomain());
        List<CompletableFuture<Answered>> asked = events.stream()
                .map(event -> ofDomain.answer(event).toCompletableFuture())
                .toList();
        var unused = CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .whenComplete((done, failure) -> Replies.complete(
                        observer,
                        failure,
                        () -> RateLimitAnswer.of(
                                asked.stream().map(CompletableFuture::join).toList())));
    }

    /** What the descriptor says or else the request, or else 1. */
    private static long hits(RateLimitRequest request, RateLimitDescriptor descriptor) {
        if (descriptor.getUnknownFields().hasField(NEGATIVE_HITS)) {
            return 0;
        }
        if (descriptor.hasHitsAddend()) {
            long stated = descriptor.getHitsAddend().getValue();
            return stated < 0 ? Request.MAX_HITS : Math.min(stated, Request.MAX_HITS);
        }
        return Math.max(1, Integer.toUnsignedLong(request.getHitsAddend()));
    }
}
