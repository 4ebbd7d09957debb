#!/usr/bin/python3
"""A gateway in a page: reads requests as JSON lines, asks Weir about each, prints the decisions as JSON lines.

    echo '{"timestamp":1700000000000,"domain":"example","method":"GET","path":"/","token":"t1"}' |
        examples/python/gateway.py --bootstrap-server localhost:9092 --key token

Needs Debian's python3-confluent-kafka and python3-avro.
"""

import argparse
import json
import random
import sys
import time
import uuid

from confluent_kafka import Consumer, Producer, TopicPartition

import weir


def arguments():
    parser = argparse.ArgumentParser(description="Asks Weir about requests.")
    parser.add_argument("--bootstrap-server", default="localhost:9092")
    parser.add_argument("--key", help="the attribute that the domain's policy counts first, like token")
    parser.add_argument("--batch", type=int, default=1, help="requests of one key in one record at most")
    parser.add_argument("--partitioner", help="murmur2_random spares the enforcer a hop; librdkafka's own is another")
    parser.add_argument("--patience", type=float, default=30, help="seconds to wait for the last decision")
    return parser.parse_args()


class Replies:
    """The one partition of the decisions' topic on which this gateway awaits its answers."""

    def __init__(self, servers):
        # Uncommitted: an answer comes when it is made, not when the enforcer commits. What an aborted transaction said is
        # said again, about the same request id.
        self.consumer = Consumer(
            {"bootstrap.servers": servers, "group.id": "unused", "isolation.level": "read_uncommitted"}
        )
        topic = self.consumer.list_topics(weir.DECISIONS, timeout=10).topics[weir.DECISIONS]
        self.partition = random.choice(sorted(topic.partitions))
        at = TopicPartition(weir.DECISIONS, self.partition)
        _, end = self.consumer.get_watermark_offsets(at, timeout=10)
        self.consumer.assign([TopicPartition(weir.DECISIONS, self.partition, end)])

    def poll(self):
        message = self.consumer.poll(0.1)
        if message is None or message.error():
            return []
        return weir.decisions(message.value())


def records(lines, reply_partition, key, batch):
    """Key and events of each record: neighbours of one key together."""
    last, events = None, []
    for line in lines:
        event = weir.request(**json.loads(line))
        event["replyPartition"] = reply_partition
        event["requestId"] = event["requestId"] or str(uuid.uuid4())
        its_key = event[key] if key else None
        if events and (its_key != last or len(events) >= batch):
            yield last, events
            events = []
        last = its_key
        events.append(event)
    if events:
        yield last, events


def main():
    args = arguments()
    replies = Replies(args.bootstrap_server)
    config = {"bootstrap.servers": args.bootstrap_server, "enable.idempotence": True, "linger.ms": 1}
    if args.partitioner:
        config["partitioner"] = args.partitioner
    producer = Producer(config)

    awaited = set()
    lines = (line for line in sys.stdin if line.strip())
    for key, events in records(lines, replies.partition, args.key, args.batch):
        awaited.update(event["requestId"] for event in events)
        if len(events) == 1:
            value = weir.encode("RequestEvent", events[0])
        else:
            value = weir.encode("RequestBatch", {"events": events})
        producer.produce(weir.REQUESTS, key=key, value=value)
        producer.poll(0)
    producer.flush()

    deadline = time.monotonic() + args.patience
    while awaited and time.monotonic() < deadline:
        for decision in replies.poll():
            if decision["requestId"] in awaited:  # other gateways may share the partition
                awaited.remove(decision["requestId"])
                print(json.dumps(decision), flush=True)
    replies.consumer.close()
    if awaited:
        sys.exit("gateway: expected decisions on all requests, found none on %d of them" % len(awaited))


if __name__ == "__main__":
    main()
