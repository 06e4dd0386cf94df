#!/usr/bin/env python3
"""Stands before the embedded broker, so that librdkafka 2.0 (Debian 12) understands it.

usage: proxy.py LISTEN_PORT BROKER_PORT LABEL      loopback only; LISTEN_PORT 0 takes a free one; prints the port it took

Tansu's answer to ApiVersions version 3 is one librdkafka 2.0 cannot parse ("Read underflow"). A version above 0 is answered here with
UNSUPPORTED_VERSION (35), after which the client asks again with version 0. It asks first on each connection, so once another request
has come the bytes pass untouched. LABEL only marks the process for who looks for it.
"""
import asyncio
import struct
import sys

API_VERSIONS, UNSUPPORTED_VERSION = 18, 35
REQUEST_BYTES_MAX = 100 << 20  # As socket.request.max.bytes of Kafka.


async def copy(reader, writer):
    try:
        while data := await reader.read(1 << 18):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # One side went; the other is closed below.
    finally:
        writer.close()


async def forward_requests(client, client_writer, broker_writer):
    while True:
        size = await client.readexactly(4)
        (length,) = struct.unpack(">i", size)
        if not 8 <= length <= REQUEST_BYTES_MAX:
            return
        request = await client.readexactly(length)
        api, version, correlation = struct.unpack(">hhi", request[:8])
        if api == API_VERSIONS and version > 0:
            answer = struct.pack(">ihi", correlation, UNSUPPORTED_VERSION, 0)
            client_writer.write(struct.pack(">i", len(answer)) + answer)
            await client_writer.drain()
            continue
        broker_writer.write(size + request)
        await broker_writer.drain()
        if api != API_VERSIONS:
            await copy(client, broker_writer)
            return


async def serve(client, client_writer):
    try:
        broker, broker_writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[2]), limit=1 << 20)
    except OSError:
        client_writer.close()
        return
    answers = asyncio.ensure_future(copy(broker, client_writer))
    try:
        await forward_requests(client, client_writer, broker_writer)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass  # The client went.
    finally:
        broker_writer.close()
    await answers


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


asyncio.run(main())
