import HTTPServer
import Synchronization
import TestSupport
import Testing

@Suite struct `A listener` {
    private static let get = Array("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n".utf8)

    @Test func `gives the handler what was sent, decoded and as it was`() async throws {
        let seen = Mutex<ServerRequest?>(nil)
        try await withListener(handler: { request in
            seen.withLock { $0 = request }
            return ServerResponse()
        }) { listener in
            _ = try await exchange(
                listener, Array("POST /v4/a%2Fb%20%E8%B2%B7?x=1+2&y=%3D&z HTTP/1.1\r\nHost: h:80\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 3\r\n\r\nabc".utf8))
            let request = try #require(seen.withLock { $0 })
            #expect(request.method == "POST" && request.path == "/v4/a/b 買" && request.host == "h:80" && request.peer == "127.0.0.1")
            #expect(request.target == "/v4/a%2Fb%20%E8%B2%B7?x=1+2&y=%3D&z")
            #expect(request.queryItems()?.map { "\($0.name)=\($0.value)" } == ["x=1 2", "y==", "z="])
            #expect(request.headers.all("X-A") == ["1", "2"] && request.headers["x-A"] == "1")
            #expect(request.body == Array("abc".utf8))
        }
    }

    @Test func `takes a head byte by byte and a body in pieces`() async throws {
        try await withListener {
            $0.headMillisecondsMax = 60_000
        } _: { listener in
            let connection = try RawConnection(port: listener.port)
            for byte in "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello".utf8 { await connection.send([byte]) }
            connection.finishSending()
            let answer = try await connection.rest()
            #expect(statuses(answer) == [200] && answer.hasSuffix("\r\n\r\nhello"))
        }
    }

    @Test func `answers HEAD without a body`() async throws {
        try await withListener { listener in
            let answer = try await exchange(listener, Array("HEAD /livez HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
            #expect(answer.contains("Content-Length: 2") && answer.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func `streams an answer while it is written, and makes the writer wait for a slow reader`() async throws {
        let written = Atomic<Int>(0)
        try await withListener(handler: { _ in
            ServerResponse(
                body: .stream { writer in
                    for _ in 0..<200 {
                        try await writer.write([UInt8](repeating: 7, count: 64 * 1024))
                        written.add(1, ordering: .relaxed)
                    }
                })
        }) { listener in
            let connection = try RawConnection(port: listener.port)
            await connection.send("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            _ = try await connection.read(until: "\r\n\r\n")
            try await eventually("the writer waits") {
                let before = written.load(ordering: .relaxed)
                try await Task.sleep(for: .milliseconds(100))
                return before > 0 && before == written.load(ordering: .relaxed)
            }
            #expect(written.load(ordering: .relaxed) < 200)  // 13 MB do not fit into the buffers between us.
            let read = try await connection.bytesUntilClosed()
            #expect(read > 12_000_000)
            #expect(written.load(ordering: .relaxed) == 200)
        }
    }

    @Test func `tells a handler that its peer is gone`() async throws {
        let isCancelled = Atomic<Bool>(false)
        let hasStarted = Atomic<Bool>(false)
        try await withListener(handler: { _ in
            hasStarted.store(true, ordering: .relaxed)
            do { try await Task.sleep(for: .seconds(60)) } catch { isCancelled.store(true, ordering: .relaxed) }
            return ServerResponse()
        }) { listener in
            let connection = try RawConnection(port: listener.port)
            await connection.send(Self.get)
            try await eventually("the handler runs") { hasStarted.load(ordering: .relaxed) }
            connection.reset()
            try await eventually("the handler is told") { isCancelled.load(ordering: .relaxed) }
        }
    }

    @Test func `stops by letting handlers finish, ending streams and refusing newcomers`() async throws {
        let (gate, openGate) = AsyncStream.makeStream(of: Void.self)
        let listener = try HTTPListener(HTTPListenerSettings()) { request in
            guard request.path == "/stream" else {
                for await _ in gate {}
                return ServerResponse(contentType: "text/plain", "done")
            }
            return ServerResponse(
                body: .stream { writer in
                    while true {
                        try await writer.write(Array("tick".utf8))
                        try await Task.sleep(for: .milliseconds(20))
                    }
                })
        }
        let slow = try RawConnection(port: listener.port), stream = try RawConnection(port: listener.port)
        await slow.send(Self.get)
        await stream.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await stream.read(until: "tick")
        try await eventually("both are under way") { listener.liveExchanges == 2 }
        let stopping = Task { await listener.stop(deadline: .seconds(60)) }
        try await eventually("newcomers are refused") { (try? RawConnection(port: listener.port)) == nil }
        openGate.finish()
        await stopping.value
        let answer = try await slow.rest()
        #expect(answer.hasSuffix("done") && answer.contains("Connection: close"))
        let streamed = try await stream.rest()
        #expect(streamed.hasSuffix("0\r\n\r\n"))
        #expect(listener.liveExchanges == 0)
        await listener.stop(deadline: .zero)  // Twice is once.
    }

    @Test func `cuts at the deadline what does not stop`() async throws {
        let isAsked = Mutex(false)
        let listener = try HTTPListener(HTTPListenerSettings()) { _ in
            isAsked.withLock { $0 = true }
            do { try await Task.sleep(for: .seconds(60)) } catch { return ServerResponse(status: 500) }
            return ServerResponse()
        }
        let connection = try RawConnection(port: listener.port)
        await connection.send(Self.get)
        // (A request that no handler has yet when the stop begins is answered with 503.)
        try await eventually("the handler is at work") { isAsked.withLock { $0 } }
        let start = ContinuousClock.now
        await listener.stop(deadline: .milliseconds(100))
        #expect(ContinuousClock.now - start < .seconds(10))
        // The connection ends; what the handler says when it is cancelled may or may not be heard before that.
        let heard = try await connection.rest()
        #expect(heard.isEmpty || heard.hasPrefix("HTTP/1.1 500"), Comment(rawValue: heard))
    }

    @Test func `says where it cannot listen`() throws {
        var settings = HTTPListenerSettings()
        settings.host = "no-address"
        let error = #expect(throws: HTTPListenerError.self) { try HTTPListener(settings) { _ in ServerResponse() } }
        #expect(error?.description == "not an IP address: no-address")
    }

    @Test func `says that a port is taken`() async throws {
        try await withListener { listener in
            var settings = HTTPListenerSettings()
            settings.port = listener.port
            let error = #expect(throws: HTTPListenerError.self) { try HTTPListener(settings) { _ in ServerResponse() } }
            #expect(error?.description.contains("127.0.0.1:\(listener.port)") == true)
        }
    }
}
