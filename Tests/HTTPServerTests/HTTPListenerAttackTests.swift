import HTTPServer
import TestSupport
import Testing

/// What a listener answers to bytes that no well-meaning client sends: requests that two programs could read differently are refused.
@Suite struct `A listener under attack` {
    struct Attack: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let statuses: [Int]

        init(_ name: String, _ line: String, _ headers: String = "Host: x\r\n", body: String = "", gets status: Int) {
            self.init(name, Array("\(line)\r\n\(headers)\r\n\(body)".utf8), [status])
        }
        init(_ name: String, _ bytes: [UInt8], _ statuses: [Int]) { (testDescription, self.bytes, self.statuses) = (name, bytes, statuses) }
    }

    static let get = "GET /livez HTTP/1.1", post = "POST /echo HTTP/1.1", host = "Host: x\r\n"

    static let attacks: [Attack] = [
        Attack("no Host", get, "", gets: 400),
        Attack("two Hosts", get, host + host, gets: 400),
        Attack("HTTP/1.0 without Host, where only some are served", "GET /livez HTTP/1.0", "", gets: 421),
        Attack("TRACE", "TRACE /livez HTTP/1.1", gets: 405),
        Attack("an unknown method", "FROB /livez HTTP/1.1", gets: 405),
        Attack("a method with a control character", "G\u{1}T /livez HTTP/1.1", gets: 400),
        Attack("a space in the target", "GET /li vez HTTP/1.1", gets: 400),
        Attack("NUL in the target", "GET /liv\0ez HTTP/1.1", gets: 400),
        Attack("raw UTF-8 in the target", "GET /é HTTP/1.1", gets: 400),
        Attack("a fragment", "GET /livez#x HTTP/1.1", gets: 400),
        Attack("invalid UTF-8 in the path", "GET /%ff%fe HTTP/1.1", gets: 400),
        Attack("an escaped NUL in the path", "GET /a%00b HTTP/1.1", gets: 400),
        Attack("a broken escape", "GET /%zz HTTP/1.1", gets: 400),
        Attack("an escape cut off", "GET /a% HTTP/1.1", gets: 400),
        Attack("an absolute target", "GET http://x/livez HTTP/1.1", gets: 200),
        Attack("a control character in a header", get, host + "X-A: a\u{1}b\r\n", gets: 400),
        Attack("a space before the colon", post, host + "Transfer-Encoding : chunked\r\n", body: "0\r\n\r\n", gets: 400),
        Attack("200 headers", get, host + (0..<200).map { "X-\($0): y\r\n" }.joined(), gets: 431),
        Attack("a header of 20 KB", get, host + "X-A: " + String(repeating: "a", count: 20_000) + "\r\n", gets: 431),
        Attack("a target of 10 KB", "GET /" + String(repeating: "a", count: 10_000) + " HTTP/1.1", gets: 414),
        Attack("4,000 query arguments", "GET /livez?" + String(repeating: "a&", count: 4_000) + " HTTP/1.1", gets: 200),
        Attack("Content-Length and Transfer-Encoding", post, host + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", body: "0\r\n\r\n", gets: 400),
        Attack("two equal Content-Lengths", post, host + "Content-Length: 5\r\nContent-Length: 5\r\n", body: "hello", gets: 400),
        Attack("two different Content-Lengths", post, host + "Content-Length: 5\r\nContent-Length: 6\r\n", body: "hello", gets: 400),
        Attack("two Transfer-Encodings", post, host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", body: "0\r\n\r\n", gets: 400),
        Attack("Transfer-Encoding in HTTP/1.0", "POST /echo HTTP/1.0", host + "Transfer-Encoding: chunked\r\n", body: "0\r\n\r\n", gets: 400),
        Attack("an unknown transfer coding", post, host + "Transfer-Encoding: gzip, chunked\r\n", body: "0\r\n\r\n", gets: 501),
        Attack("a body above the limit", post, host + "Content-Length: 3000\r\n", body: String(repeating: "a", count: 3_000), gets: 413),
        Attack(
            "a chunked body above the limit", post, host + "Transfer-Encoding: chunked\r\n",
            body: "bb8\r\n" + String(repeating: "a", count: 3_000) + "\r\n0\r\n\r\n", gets: 413),
        Attack("a body announced far above the limit", post, host + "Content-Length: 99999999\r\n", gets: 413),
        Attack("an unknown expectation", post, host + "Expect: magic\r\nContent-Length: 5\r\n", body: "hello", gets: 417),
        Attack("an expected body above the limit", post, host + "Expect: 100-continue\r\nContent-Length: 3000\r\n", gets: 413),
        Attack(
            "chunks, an extension and a trailer", post, host + "Transfer-Encoding: chunked\r\n", body: "5\r\nhello\r\n3;x=y\r\nabc\r\n0\r\nT: v\r\n\r\n",
            gets: 200),
        Attack("50 requests in one go", Array(String(repeating: "\(get)\r\n\(host)\r\n", count: 50).utf8), Array(repeating: 200, count: 50)),
        Attack("a refused request, then a good one", Array("FROB / HTTP/1.1\r\n\(host)Content-Length: 5\r\n\r\nhello\(get)\r\n\(host)\r\n".utf8), [405, 200]),
        Attack("another Host", get, "Host: evil.example\r\n", gets: 421),
    ]

    @Test(arguments: attacks)
    func `gets the answer it deserves`(attack: Attack) async throws {
        try await withListener { settings in
            settings.bodyBytesMax = 2_000
            settings.drainBytesMax = 10_000
            settings.allowedHosts = ["x"]
        } _: { listener in
            let answer = try await exchange(listener, attack.bytes)
            #expect(statuses(answer) == attack.statuses)
            // And nothing of it stays behind for the next.
            let next = try await exchange(listener, Array("\(Self.get)\r\n\(Self.host)\r\n".utf8))
            #expect(statuses(next) == [200])
        }
    }

    @Test func `two errors in one head leak no memory`() async throws {
        // libmicrohttpd 0.9.75 forgets to say that such a request ended.
        try await withListener { listener in
            for _ in 1...20 {
                _ = try await exchange(listener, Array("POST /echo HTTP/1.1\r\nHost: x\r\nCookie: a=\"\r\nContent-Length: abc\r\n\r\nhello".utf8))
            }
            try await eventually("all are let go") { listener.liveExchanges == 0 }
        }
    }

    @Test(
        "Bytes of any kind end in an answer or a closed connection, and the next client is served", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func anyBytes(seed: UInt64) async throws {
        var random = SeededGenerator(seed)
        var bytes = Self.attacks.randomElement(using: &random)?.bytes ?? []
        for _ in 0..<Int.random(in: 1...8, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            if Bool.random(using: &random) { bytes[place] = UInt8.random(in: 0...255, using: &random) } else { bytes.remove(at: place) }
        }
        try await withListener {
            $0.headMillisecondsMax = 300; $0.bodyMillisecondsMax = 300
        } _: { listener in
            _ = try await exchange(listener, bytes)
            let answer = try await exchange(listener, Array("\(Self.get)\r\n\(Self.host)\r\n".utf8))
            #expect(statuses(answer) == [200])
        }
    }

    @Test func `a head or a body that trickles in is cut at its deadline, however alive the connection looks`() async throws {
        try await withListener {
            $0.headMillisecondsMax = 200; $0.bodyMillisecondsMax = 200
        } _: { listener in
            for start in ["GET /livez HTTP/1.1\r\n", "\(Self.post)\r\n\(Self.host)Content-Length: 100000\r\n\r\n"] {
                let connection = try RawConnection(port: listener.port)
                await connection.send(start)
                let trickle = Task {
                    while !Task.isCancelled {
                        await connection.send("X")
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
                let answer = try await connection.rest()
                #expect(statuses(answer).isEmpty)
                trickle.cancel()
            }
        }
    }
}
