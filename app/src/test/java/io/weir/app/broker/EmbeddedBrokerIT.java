package io.weir.app.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerIT {
    private static final String TOPIC = "events";
    private static final long YEAR_1995 = 807_256_800_000L;

    @TempDir
    private Path data;

    @Test
    void shouldKeepRecordsStampedYearsAgoOverARestart() throws Exception {
        // Given
        try (EmbeddedBroker broker = EmbeddedBroker.start(data, 0)) {
            create(broker);
            send(broker, "before");
        }

        // When
        try (EmbeddedBroker broker = EmbeddedBroker.start(data, 0)) {
            send(broker, "after");

            // Then
            List<ConsumerRecord<String, String>> records = read(broker, 2);
            assertThat(records).extracting(ConsumerRecord::value).containsExactly("before", "after");
            assertThat(records)
                    .allSatisfy(record -> assertThat(record.timestamp()).isGreaterThan(YEAR_1995));
        }
    }

    @Test
    void shouldSayThatThePortIsInUse() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> EmbeddedBroker.start(data, socket.getLocalPort()))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageStartingWith("port " + socket.getLocalPort() + " on 127.0.0.1: expected a free port")
                    .hasMessageContaining("--bootstrap-server");
        }
    }

    @Test
    void shouldSayThatTheFolderIsInUse() {
        try (EmbeddedBroker broker = EmbeddedBroker.start(data, 0)) {
            assertThat(broker.bootstrapServers()).isEqualTo("127.0.0.1:" + broker.port());
            assertThatThrownBy(() -> EmbeddedBroker.start(data, 0))
                    .isInstanceOf(BrokerException.class)
                    .hasMessageContaining("found another weir running on it");
        }
    }

    @Test
    void shouldSayThatTheFolderIsOfAnotherCluster() throws IOException {
        // Given
        Files.createDirectories(data.resolve("broker"));
        Files.writeString(data.resolve("broker/meta.properties"), "version=1\nnode.id=3\ncluster.id=production\n");

        // When
        assertThatThrownBy(() -> EmbeddedBroker.start(data, 0))
                // Then
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("found node 3 of another Kafka cluster (production)");
    }

    @Test
    void shouldSayThatTheFolderIsAFile() throws IOException {
        // Given
        Path file = Files.createFile(data.resolve("file"));

        // When
        assertThatThrownBy(() -> EmbeddedBroker.start(file, 0))
                // Then
                .isInstanceOf(BrokerException.class)
                .hasMessageContaining("expected a folder that can be written");
    }

    private static void create(EmbeddedBroker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            // By record time, a retention of a day would remove what is stamped 1995 as soon as its segment is full.
            admin.createTopics(Set.of(new NewTopic(TOPIC, 1, (short) 1)
                            .configs(Map.of("retention.ms", "86400000", "segment.ms", "1"))))
                    .all()
                    .get();
        }
    }

    private static void send(EmbeddedBroker broker, String value) throws Exception {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(TOPIC, 0, YEAR_1995, "k", value)).get();
        }
    }

    private static List<ConsumerRecord<String, String>> read(EmbeddedBroker broker, int count) {
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(Set.of(partition));
            consumer.seekToBeginning(Set.of(partition));
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return records.size() >= count;
            });
        }
        return records;
    }
}
