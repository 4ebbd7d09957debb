package io.weir.benchmarks.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A TCP connection's way from one process to another, which can be cut: then nothing passes and nobody is told, as when a
 * cable is pulled. Healed, what was on its way arrives.
 */
final class Wire implements AutoCloseable {
    private final ServerSocket server;
    private final int to;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Object state = new Object();
    private boolean cut;

    /**
     * @param from the port on 127.0.0.1 to connect to
     * @param to the port on 127.0.0.1 that is reached
     */
    Wire(int from, int to) throws IOException {
        this.server = new ServerSocket(from, 50, InetAddress.getLoopbackAddress());
        this.to = to;
        daemon(this::accept);
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "wire");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                sockets.add(near);
                daemon(() -> connect(near));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket near) {
        try {
            awaitWhole();
            Socket far = new Socket(InetAddress.getLoopbackAddress(), to);
            sockets.add(far);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            daemon(() -> pump(near, far));
            pump(far, near);
        } catch (IOException refused) {
            close(near);
        }
    }

    private void pump(Socket from, Socket into) {
        byte[] buffer = new byte[64 * 1024];
        try (from;
                into) {
            InputStream in = from.getInputStream();
            OutputStream out = into.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                awaitWhole();
                out.write(buffer, 0, read);
            }
        } catch (IOException ended) {
            // Either side has gone, and takes the other with it.
        } finally {
            sockets.remove(from);
            sockets.remove(into);
        }
    }

    private void awaitWhole() throws IOException {
        synchronized (state) {
            while (cut) {
                try {
                    state.wait();
                } catch (InterruptedException stop) {
                    throw new IOException(stop);
                }
            }
        }
    }

    void cut() {
        synchronized (state) {
            cut = true;
        }
    }

    void heal() {
        synchronized (state) {
            cut = false;
            state.notifyAll();
        }
    }

    @Override
    public void close() {
        heal();
        try {
            server.close();
        } catch (IOException ignored) {
            // It accepts nothing more either way.
        }
        sockets.forEach(Wire::close);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // It is of no use either way.
        }
    }
}
