package io.weir.app.gateway;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;

/**
 * Puts a policy's own reason phrase on the status line. Armeria knows a status by its number only and writes the standard phrase;
 * so the phrase travels as a header to this handler, the last before bytes are made, which takes it off. HTTP/2 has no phrases.
 */
@Sharable
final class ReasonPhrases extends ChannelOutboundHandlerAdapter {
    static final AsciiString HEADER = AsciiString.cached("weir-reason-phrase");
    private static final String NAME = "weir-reason-phrases";
    private static final ReasonPhrases INSTANCE = new ReasonPhrases();

    private ReasonPhrases() {}

    /** Whether a response of that request may carry {@link #HEADER}; makes sure that it will be taken off. */
    static boolean possible(ServiceRequestContext context) {
        Channel channel = context.log().partial().channel();
        if (channel == null || context.sessionProtocol().isMultiplex()) {
            return false;
        }
        if (channel.pipeline().get(NAME) == null) {
            channel.pipeline().addLast(NAME, INSTANCE);
        }
        return true;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof HttpResponse response) {
            String phrase = response.headers().get(HEADER);
            if (phrase != null) {
                response.headers().remove(HEADER);
                response.setStatus(new HttpResponseStatus(response.status().code(), phrase));
            }
        }
        super.write(context, message, promise);
    }
}
