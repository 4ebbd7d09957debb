package io.weir.schemas;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What Weir needs of a schema registry that speaks Confluent's REST API: schemas by id, and ids for schemas. Each call asks once, the
 * registry's addresses in turn. May be used by many threads.
 *
 * @see <a href="https://docs.confluent.io/platform/current/schema-registry/develop/api.html">the API</a>
 */
final class SchemaRegistry {
    private static final Duration CONNECTING = Duration.ofSeconds(3);
    private static final Duration ANSWERING = Duration.ofSeconds(10);
    private static final String JSON = "application/vnd.schemaregistry.v1+json";
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int UNKNOWN_SCHEMA = 40_403;
    private static final List<Integer> REFUSALS = List.of(409, 422);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final List<URI> urls;
    private final @Nullable String authorization;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECTING).build();

    /** @param userInfo {@code user:password}, or null */
    SchemaRegistry(List<URI> urls, @Nullable String userInfo) {
        this.urls = List.copyOf(urls);
        this.authorization = userInfo == null
                ? null
                : "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
    }

    /** An answer that is JSON. */
    private record Answer(URI from, int status, JsonNode body) {
        String text() {
            return status + " " + body.path("message").asText("");
        }
    }

    /**
     * The schema with an id, or null where the registry says that there is none.
     *
     * @throws SchemaRegistryException retriable when it does not answer
     * @throws UndecodableException when the id is that of something else than a self-contained Avro schema
     */
    @Nullable
    Schema schema(int id) {
        Answer answer = ask("/schemas/ids/" + id, null);
        JsonNode body = answer.body();
        if (answer.status() == NOT_FOUND && body.path("error_code").asInt() == UNKNOWN_SCHEMA) {
            return null;
        }
        if (answer.status() != OK || !body.path("schema").isTextual()) {
            throw unexpected(answer, "schema " + id);
        }
        String type = body.path("schemaType").asText("AVRO");
        if (!type.equals("AVRO") || !body.path("references").isEmpty()) {
            throw new UndecodableException("expected an Avro schema without references as schema id " + id
                    + ", but the registry has " + (type.equals("AVRO") ? "one with references" : type));
        }
        try {
            return new Schema.Parser().parse(body.path("schema").textValue());
        } catch (AvroRuntimeException broken) {
            throw new UndecodableException(
                    "expected an Avro schema as schema id " + id + ", but found " + broken.getMessage());
        }
    }

    /**
     * The id of a schema under a subject, registered if it is not yet.
     *
     * @throws SchemaRegistryException retriable when it does not answer, else when it refuses the schema
     */
    int register(String subject, Schema schema) {
        String body;
        try {
            body = MAPPER.writeValueAsString(Map.of("schema", schema.toString()));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("text is not JSON", impossible);
        }
        String path = "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8) + "/versions";
        Answer answer = ask(path, body);
        if (REFUSALS.contains(answer.status())) {
            throw SchemaRegistryException.refused("schema registry " + answer.from() + ": expected it to take "
                    + schema.getFullName() + " for subject " + subject + ", found " + answer.text());
        }
        if (answer.status() != OK || !answer.body().path("id").isInt()) {
            throw unexpected(answer, "an id for " + subject);
        }
        return answer.body().path("id").intValue();
    }

    private static SchemaRegistryException unexpected(Answer answer, String expected) {
        return SchemaRegistryException.unavailable(
                "schema registry " + answer.from() + ": expected " + expected + ", found " + answer.text(), null);
    }

    /** The first address that answers as a registry does. */
    private Answer ask(String path, @Nullable String body) {
        SchemaRegistryException last = null;
        for (URI url : urls) {
            try {
                Answer answer = ask(url, path, body);
                if (answer.status() < 500) {
                    return answer;
                }
                last = unexpected(answer, "an answer to " + path);
            } catch (SchemaRegistryException away) {
                last = away;
            }
        }
        throw last == null ? new IllegalStateException("no address of a schema registry") : last;
    }

    private Answer ask(URI url, String path, @Nullable String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(ANSWERING)
                .header("Accept", JSON + ", application/json");
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        if (body != null) {
            request.header("Content-Type", JSON).POST(HttpRequest.BodyPublishers.ofString(body));
        }
        try {
            HttpResponse<byte[]> response = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(url, response.statusCode(), json(url, response));
        } catch (IOException away) {
            throw SchemaRegistryException.unavailable(
                    "schema registry " + url + ": expected an answer, found " + away, away);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw SchemaRegistryException.unavailable(
                    "schema registry " + url + ": expected an answer, found an interruption", interrupted);
        }
    }

    /** What is not JSON does not come from a registry: a proxy's page, a wrong address. */
    private static JsonNode json(URI url, HttpResponse<byte[]> response) throws IOException {
        try {
            JsonNode body = MAPPER.readTree(response.body());
            if (body != null && body.isObject()) {
                return body;
            }
        } catch (JsonProcessingException notJson) {
            // told below
        }
        throw SchemaRegistryException.unavailable(
                "schema registry " + url + ": expected JSON, found something else with status " + response.statusCode(),
                null);
    }
}
