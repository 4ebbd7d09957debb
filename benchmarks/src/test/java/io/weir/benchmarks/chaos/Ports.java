package io.weir.benchmarks.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Where the brokers listen, and where each enforcer reaches them: by wires of its own, so that one can be cut off. */
final class Ports {
    /** The listener without wires between. */
    static final String DIRECT = "DIRECT";

    private final int brokers;
    private final List<String> listeners = new ArrayList<>(List.of(DIRECT));
    private final Map<String, Integer> ports = new HashMap<>();

    Ports(int brokers, int enforcers) throws IOException {
        this.brokers = brokers;
        for (int enforcer = 0; enforcer < enforcers; enforcer++) {
            listeners.add(wired(enforcer));
        }
        List<ServerSocket> open = new ArrayList<>();
        for (int broker = 0; broker < brokers; broker++) {
            add("controller", broker, open);
            for (String listener : listeners) {
                add("listens " + listener, broker, open);
                add("reached " + listener, broker, open);
            }
        }
        for (ServerSocket socket : open) {
            socket.close();
        }
    }

    private void add(String what, int broker, List<ServerSocket> open) throws IOException {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        open.add(socket);
        ports.put(what + " " + broker, socket.getLocalPort());
    }

    private int port(String what) {
        return Objects.requireNonNull(ports.get(what), what);
    }

    /** The listener that an enforcer uses. */
    static String wired(int enforcer) {
        return "ENFORCER" + enforcer;
    }

    int brokers() {
        return brokers;
    }

    List<String> listeners() {
        return listeners;
    }

    int controller(int broker) {
        return port("controller " + broker);
    }

    int listens(int broker, String listener) {
        return port("listens " + listener + " " + broker);
    }

    /** Where clients are told to connect to. */
    int reached(int broker, String listener) {
        return listener.equals(DIRECT) ? listens(broker, listener) : port("reached " + listener + " " + broker);
    }

    /** What clients take as {@code bootstrap.servers}. */
    String bootstrap(String listener) {
        List<String> servers = new ArrayList<>();
        for (int broker = 0; broker < brokers; broker++) {
            servers.add("127.0.0.1:" + reached(broker, listener));
        }
        return String.join(",", servers);
    }
}
