#!/usr/bin/env python3
"""Exits 0 when the Kafka-protocol broker on this port of the loopback answers and counts itself as a broker that takes records.

usage: ready.py PORT

It asks for metadata (version 1, no topics): a Kafka that is up but not yet registered with its controller names no broker.
https://kafka.apache.org/protocol#The_Messages_Metadata
"""
import socket
import struct
import sys

METADATA, VERSION, CORRELATION = 3, 1, 7
client = b"ready"
body = struct.pack(">hhih", METADATA, VERSION, CORRELATION, len(client)) + client + struct.pack(">i", 0)


def receive(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            sys.exit("the connection was closed")
        data += part
    return data


try:
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=2) as connection:
        connection.settimeout(2)
        connection.sendall(struct.pack(">i", len(body)) + body)
        (size,) = struct.unpack(">i", receive(connection, 4))
        correlation, brokers = struct.unpack(">ii", receive(connection, size)[:8])
except (OSError, struct.error) as problem:
    sys.exit(str(problem))
sys.exit(0 if correlation == CORRELATION and brokers > 0 else "no broker is registered yet")
