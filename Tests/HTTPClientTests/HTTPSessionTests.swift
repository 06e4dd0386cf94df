import HTTPClient
import TestSupport
import Testing

@Suite struct `A session` {
    @Test func `sends method, headers and body as given, and says who asks`() async throws {
        let server = try ScriptedServer { peer in
            while peer.request() != nil { peer.answer("ok") }
        }
        try await withSession { session in
            _ = try await session.send(
                HTTPRequest("POST", server.url + "/a?b=c", headers: [HTTPHeader("X-Empty", ""), HTTPHeader("X-A", "買")], body: Array("hello".utf8)))
            _ = try await session.send(HTTPRequest("POST", server.url + "/empty", body: []))
            _ = try await session.send(HTTPRequest("PUT", server.url + "/put", body: Array("x".utf8)))
            _ = try await session.send(HTTPRequest("DELETE", server.url + "/delete"))
        }
        let requests = server.requests
        #expect(requests[0].hasPrefix("POST /a?b=c HTTP/1.1\r\n") && requests[0].hasSuffix("\r\n\r\nhello"))
        #expect(requests[0].contains("User-Agent: rollcall/test\r\n") && requests[0].contains("X-Empty:\r\n") && requests[0].contains("X-A: 買\r\n"))
        #expect(!requests[0].contains("Expect:"))
        #expect(requests[1].contains("Content-Length: 0\r\n"))
        #expect(requests[2].hasPrefix("PUT /put") && requests[2].hasSuffix("x"))
        #expect(requests[3].hasPrefix("DELETE /delete"))
    }

    @Test func `gives back status, headers by any case and body, and passes over 1xx`() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 418 I'm a teapot\r\nX-A: 1\r\nx-a: 2\r\nX-Blank:\r\nContent-Length: 2\r\n\r\nhi")
        }
        let response = try await withSession { try await $0.send(HTTPRequest("GET", server.url)) }
        #expect(response.status == 418 && response.body == Array("hi".utf8))
        #expect(response.head.headers.map(\.value) == ["1", "2", "", "2"])
        #expect(response.head.first("X-a") == "1" && response.head.first("x-early") == nil)
    }

    @Test func `keeps connections for the next request, but gives what must not happen twice one of its own`() async throws {
        let server = try ScriptedServer { peer in
            while peer.request() != nil { peer.answer("ok") }
        }
        try await withSession { session in
            let first = try await session.send(HTTPRequest("GET", server.url))
            #expect(first.connectionsOpened == 1)
            let second = try await session.send(HTTPRequest("GET", server.url))
            #expect(second.connectionsOpened == 0)
            let post = try await session.send(HTTPRequest("POST", server.url, body: []))
            #expect(post.connectionsOpened == 1)
        }
    }

    @Test(arguments: [("GET", 2), ("POST", 1)])
    func `a request whose connection dies is repeated only if it may be`(method: String, sent: Int) async throws {
        let server = try ScriptedServer { peer in
            guard peer.request() != nil else { return }
            // The first request of a connection is answered, the second is met by a hang-up. A POST has a connection of its own.
            if method == "POST", peer.number > 1 { return }
            peer.answer("ok")
            _ = peer.request()
        }
        try await withSession { session in
            _ = try await session.send(HTTPRequest("GET", server.url + "/first"))
            let second = HTTPRequest(method, server.url + "/second", body: method == "POST" ? [1] : nil)
            if method == "GET" {
                let repeated = try await session.send(second)
                #expect(repeated.status == 200)
            } else {
                let error = await #expect(throws: TransferError.self) { try await session.send(second) }
                #expect(error?.code == "GOT_NOTHING" && error?.phase == .request && error?.mayPass == true)
            }
        }
        #expect(server.requests.filter { $0.contains("/second") }.count == sent)
    }

    @Test func `follows redirects within the origin as often as allowed`() async throws {
        let server = try ScriptedServer { peer in
            while let request = peer.request() {
                let step = request.split(separator: " ")[1].dropFirst()
                guard let left = Int(step), left > 0 else { peer.answer("there"); continue }
                peer.send("HTTP/1.1 302 Found\r\nLocation: /\(left - 1)\r\nContent-Length: 0\r\n\r\n")
            }
        }
        try await withSession { session in
            var request = HTTPRequest("GET", server.url + "/3")
            request.redirects = .sameOrigin(max: 3)
            let followed = try await session.send(request)
            #expect(followed.body == Array("there".utf8))
            request.redirects = .sameOrigin(max: 2)
            let error = await #expect(throws: TransferError.self) { try await session.send(request) }
            #expect(error?.code == "REDIRECT_REFUSED" && error?.mayPass == false)
        }
    }

    @Test(arguments: ["https://127.0.0.1:PORT/", "http://localhost:PORT/", "http://127.0.0.1:1/", "file:///etc/passwd", "//evil.example/"])
    func `carries its credentials to no other origin`(target: String) async throws {
        let server = try ScriptedServer { peer in
            while let request = peer.request() {
                let port = request.split(separator: "\r\n").first { $0.hasPrefix("Host: ") }?.split(separator: ":").last ?? ""
                peer.send("HTTP/1.1 302 Found\r\nLocation: \(target.replacing("PORT", with: port))\r\nContent-Length: 0\r\n\r\n")
            }
        }
        try await withSession { session in
            var request = HTTPRequest("GET", server.url, headers: [HTTPHeader("Authorization", "Bearer secret")])
            request.redirects = .sameOrigin(max: 5)
            let error = await #expect(throws: TransferError.self) { try await session.send(request) }
            #expect(error?.code == "REDIRECT_REFUSED")
            #expect(server.requests.count == 1)
        }
    }

    @Test func `does not send a body on to a redirect's target`() async throws {
        let server = try ScriptedServer { peer in
            while peer.request() != nil { peer.send("HTTP/1.1 307 Temporary Redirect\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n") }
        }
        try await withSession { session in
            var request = HTTPRequest("POST", server.url, body: [1])
            request.redirects = .sameOrigin(max: 5)
            await #expect(throws: TransferError.self) { try await session.send(request) }
            #expect(server.requests.count == 1)
        }
    }

    @Test(arguments: [("X-A", "1\r\nX-B: 2"), ("X-A", "a\nb"), ("X-A", "\0"), ("X\r\nA", "1"), ("X:A", "1"), ("", "1")])
    func `lets no header smuggle in another`(name: String, value: String) async throws {
        let server = try ScriptedServer { peer in _ = peer.request() }
        try await withSession { session in
            let error = await #expect(throws: TransferError.self) {
                try await session.send(HTTPRequest("GET", server.url, headers: [HTTPHeader(name, value)]))
            }
            #expect(error?.code == "BAD_REQUEST" && error?.phase == .prepare)
        }
        #expect(server.requests.isEmpty)
    }

    @Test func `ends what runs when it is closed, and starts nothing more`() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.keepSilent()
        }
        try await withSession { session in
            let running = Task { try await session.send(HTTPRequest("GET", server.url)) }
            try await eventually("the request is there") { !server.requests.isEmpty }
            await session.close()
            let error = await #expect(throws: TransferError.self) { _ = try await running.value }
            #expect(error?.code == "SESSION_CLOSED")
            let late = await #expect(throws: TransferError.self) { try await session.send(HTTPRequest("GET", server.url)) }
            #expect(late?.code == "SESSION_CLOSED")
        }
    }

    @Test("A request cancelled at any moment ends, and the session goes on", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func cancelledAtAnyMoment(seed: UInt64) async throws {
        var random = SeededGenerator(seed)
        let server = try ScriptedServer { peer in
            while let request = peer.request() { if request.contains("/hang") { peer.keepSilent() } else { peer.answer("ok") } }
        }
        let pauses = (0..<8).map { _ in Int.random(in: 0...3_000, using: &random) }
        try await withSession { session in
            await withTaskGroup(of: Void.self) { group in
                for (index, pause) in pauses.enumerated() {
                    let task = Task { try await session.send(HTTPRequest("GET", server.url + (index % 2 == 0 ? "/hang" : "/"))) }
                    group.addTask {
                        try? await Task.sleep(for: .microseconds(pause))  // A moment, not a wait: no outcome depends on it.
                        task.cancel()
                        let result = await task.result
                        if case .failure(let error) = result { #expect(error is CancellationError) } else { #expect(index % 2 == 1) }
                    }
                }
            }
            let after = try await session.send(HTTPRequest("GET", server.url))
            #expect(after.status == 200)
        }
    }
}
