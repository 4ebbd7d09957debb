package io.weir.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A schema registry in this process, as far as Weir asks one: schemas by id, ids for schemas. It takes any schema for any
 * subject, unless told to refuse. May be used by many threads.
 */
public final class LocalSchemaRegistry implements AutoCloseable {
    private static final Pattern BY_ID = Pattern.compile("/schemas/ids/(-?\\d+)");
    private static final Pattern OF_SUBJECT = Pattern.compile("/subjects/([^/]+)/versions");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpServer server;
    private final List<String> schemas = new CopyOnWriteArrayList<>();
    private final List<String> subjects = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile @Nullable Answer instead;

    private record Answer(int status, String body) {}

    private LocalSchemaRegistry(HttpServer server) {
        this.server = server;
    }

    /** Starts one on a free port of the loopback address. */
    public static LocalSchemaRegistry start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        LocalSchemaRegistry registry = new LocalSchemaRegistry(server);
        server.createContext("/", registry::handle);
        server.start();
        return registry;
    }

    /** Its address. */
    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** The id of a schema, which need not be one; the first is 1. */
    public synchronized int add(String schema) {
        int known = schemas.indexOf(schema);
        if (known < 0) {
            schemas.add(schema);
        }
        return known < 0 ? schemas.size() : known + 1;
    }

    /** From now on it answers so, whatever it is asked. */
    public void answerAlways(int status, String body) {
        instead = new Answer(status, body);
    }

    /** From now on it answers as it should. */
    public void answerAgain() {
        instead = null;
    }

    /** How many questions there have been. */
    public int asked() {
        return asked.get();
    }

    /** The subjects under which schemas were registered, in the order of the first time. */
    public List<String> subjects() {
        return List.copyOf(subjects);
    }

    /** The {@code Authorization} headers of the questions that had one. */
    public List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    private void handle(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        List<String> authorization = exchange.getRequestHeaders().getOrDefault("Authorization", new ArrayList<>());
        authorizations.addAll(authorization);
        Answer set = instead;
        Answer answer = set == null ? answer(exchange) : set;
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/vnd.schemaregistry.v1+json");
        exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Answer answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        Matcher byId = BY_ID.matcher(path);
        Matcher ofSubject = OF_SUBJECT.matcher(path);
        if (exchange.getRequestMethod().equals("GET") && byId.matches()) {
            int id = Integer.parseInt(byId.group(1));
            return id < 1 || id > schemas.size()
                    ? new Answer(404, "{\"error_code\":40403,\"message\":\"Schema " + id + " not found\"}")
                    : new Answer(200, JSON.writeValueAsString(Map.of("schema", schemas.get(id - 1))));
        }
        if (exchange.getRequestMethod().equals("POST") && ofSubject.matches()) {
            JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
            String subject = URLDecoder.decode(ofSubject.group(1), StandardCharsets.UTF_8);
            if (!subjects.contains(subject)) {
                subjects.add(subject);
            }
            return new Answer(200, "{\"id\":" + add(body.path("schema").textValue()) + "}");
        }
        return new Answer(404, "{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
