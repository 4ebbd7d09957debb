package io.weir.app.cli;

import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code 127.0.0.1:8090}, {@code [::1]:8090}, {@code 0.0.0.0:0}, {@code :8090} (every address) on the command line. */
final class Addresses implements ITypeConverter<InetSocketAddress> {
    private static final int MAX_PORT = 65_535;

    @Override
    public InetSocketAddress convert(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        String port = text.substring(colon + 1);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            host = "";
        }
        boolean everywhere = colon == 0;
        boolean number = port.matches("\\d{1,5}") && Integer.parseInt(port) <= MAX_PORT;
        if ((host.isEmpty() && !everywhere) || !number) {
            throw new TypeConversionException(
                    "expected HOST:PORT like 127.0.0.1:8090 or [::1]:8090, or :8090 for every address, found '" + text
                            + "'");
        }
        return everywhere
                ? new InetSocketAddress(Integer.parseInt(port))
                : new InetSocketAddress(host, Integer.parseInt(port));
    }

    /** The way back; what has no host name is told by its address, what listens everywhere as {@code 0.0.0.0}. */
    static String text(InetSocketAddress address) {
        String host = address.getAddress().isAnyLocalAddress()
                ? "0.0.0.0"
                : address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
