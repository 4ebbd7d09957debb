package io.weir.app.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTTP/1.1 byte by byte, for what no client library would send or show. */
public final class RawHttp {
    private static final int PATIENCE_MS = 20_000;

    private static final Pattern LENGTH = Pattern.compile("\r\ncontent-length: (\\d+)");

    private RawHttp() {}

    /** Sends this and returns the one answer that comes; or what comes before the server closes, where that is less. */
    public static String send(InetSocketAddress server, String request) throws IOException {
        return send(InetAddress.getLoopbackAddress(), server, request);
    }

    /** Sends it from that address of this machine. */
    static String send(InetAddress from, InetSocketAddress server, String request) throws IOException {
        try (Socket socket = new Socket(server.getAddress(), server.getPort(), from, 0)) {
            socket.setSoTimeout(PATIENCE_MS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return receive(socket.getInputStream());
        }
    }

    /** One whole answer. */
    static String receive(InputStream in) throws IOException {
        StringBuilder answer = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            answer.append((char) c);
            if (complete(answer)) {
                break;
            }
        }
        return answer.toString();
    }

    private static boolean complete(StringBuilder answer) {
        int end = answer.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        String headers = answer.substring(0, end).toLowerCase(Locale.ROOT);
        if (headers.contains("transfer-encoding: chunked")) {
            return answer.length() > end + 8 && answer.indexOf("\r\n0\r\n\r\n", end) >= 0;
        }
        Matcher length = LENGTH.matcher(headers);
        return answer.length() == end + 4 + (length.find() ? Integer.parseInt(length.group(1)) : 0);
    }

    /** A GET of that target with these header lines. */
    public static String get(InetSocketAddress server, String target, String... headers) throws IOException {
        StringBuilder request = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: example.com\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        return send(server, request.append("\r\n").toString());
    }

    public static String statusLine(String response) {
        int end = response.indexOf("\r\n");
        return end < 0 ? response : response.substring(0, end);
    }
}
