#!/usr/bin/python3
"""Follows Weir's decisions or its block list, as JSON lines.

    examples/python/follow.py decisions --bootstrap-server localhost:9092
    examples/python/follow.py blocklist --bootstrap-server localhost:9092 --once

Needs Debian's python3-confluent-kafka and python3-avro.
"""

import argparse
import json

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

import weir


def arguments():
    parser = argparse.ArgumentParser(description="Follows decisions or the block list.")
    parser.add_argument("what", choices=["decisions", "blocklist"])
    parser.add_argument("--bootstrap-server", default="localhost:9092")
    parser.add_argument("--once", action="store_true", help="stop at the end of what is there now")
    return parser.parse_args()


def records(servers, topic, once):
    """Key and value of each record from the beginning on; then, unless once, of those that come. (None, None) tells that
    what was there at the start has been read."""
    # Committed: what a reader for the record must never see undone. This is librdkafka's default.
    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": "unused",
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
        }
    )
    partitions = sorted(consumer.list_topics(topic, timeout=10).topics[topic].partitions)
    consumer.assign([TopicPartition(topic, each, OFFSET_BEGINNING) for each in partitions])
    behind = set(partitions)
    while True:
        message = consumer.poll(1)
        if message is None:
            continue
        if message.error():
            if behind:
                behind.discard(message.partition())  # the end of a partition is told as an error
                if not behind:
                    yield None, None
                    if once:
                        break
            continue
        yield message.key(), message.value()
    consumer.close()


def decisions(servers, once):
    for _, value in records(servers, weir.DECISIONS, once):
        for decision in weir.decisions(value) if value else []:
            print(json.dumps(decision), flush=True)


def blocklist(servers, once):
    """The entries in force once the topic has been read, then each change."""
    entries, read = {}, False
    for key, value in records(servers, weir.BLOCKLIST, once):
        if key is None:
            read = True
            for entry in entries.values():
                print(json.dumps(entry), flush=True)
        elif value is None:
            lifted = entries.pop(key, None)  # a tombstone: the subject is denied no more
            if read and lifted:
                print(json.dumps({"lifted": lifted}), flush=True)
        else:
            _, entries[key] = weir.decode(value)
            if read:
                print(json.dumps(entries[key]), flush=True)


def main():
    args = arguments()
    follow = decisions if args.what == "decisions" else blocklist
    try:
        follow(args.bootstrap_server, args.once)
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
