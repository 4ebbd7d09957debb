package io.weir.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.wire.Topics;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;

class FloorTest {
    @Test
    void shouldWriteAsManyRecordsAsItIsTold() {
        // Given
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "floor");
        try (TopologyTestDriver driver =
                new TopologyTestDriver(Floor.topology(new Floor.Moved(10, 1000, 1.25)), settings)) {
            TestInputTopic<byte[], byte[]> requests =
                    driver.createInputTopic(Topics.REQUESTS, new ByteArraySerializer(), new ByteArraySerializer());

            // When
            requests.pipeValueList(List.of(new byte[1], new byte[1], new byte[1], new byte[1]));

            // Then
            assertThat(driver.producedTopicNames()).hasSize(2);
            assertThat(written(driver, Topics.DECISIONS)).isEqualTo(4);
            assertThat(written(driver, "floor-nothing-changelog")).isEqualTo(50);
        }
    }

    private static long written(TopologyTestDriver driver, String name) {
        TestOutputTopic<byte[], byte[]> topic =
                driver.createOutputTopic(name, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        return topic.readRecordsToList().size();
    }
}
