import Foundation
import HTTPClient
import HTTPServer
import TestSupport
import Testing

/// What a session says about servers and networks that fail it.
@Suite struct `A transfer that fails` {
    private func failure(_ server: ScriptedServer, change: (inout HTTPClient.HTTPRequest) -> Void = { _ in }) async throws -> TransferError {
        var request = HTTPRequest("GET", server.url + "/secret-path?token=secret", headers: [HTTPHeader("Authorization", "Bearer secret")])
        change(&request)
        let error = try await withSession { session in
            await #expect(throws: TransferError.self) { try await session.send(request) }
        }
        let failed = try #require(error)
        #expect(failed.host == "127.0.0.1" && !"\(failed)".contains("secret"))
        return failed
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "PARTIAL_FILE"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "PARTIAL_FILE"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", "PARTIAL_FILE"),
        ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", "BAD_CONTENT_ENCODING"),
        ("SSH-2.0-OpenSSH_9.2\r\n", "UNSUPPORTED_PROTOCOL"),
        ("", "GOT_NOTHING"),
    ])
    func `is named by what the server did`(said: String, code: String) async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send(said)
        }
        let answer = try await failure(server)
        #expect(answer.code == code)
    }

    @Test func `tells a cut answer, which may pass, from a broken promise, which will not`() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 503 Busy\r\nContent-Length: 10\r\n\r\nshort")
        }
        let error = try await failure(server)
        #expect(error.mayPass && error.phase == .response && error.status == 503)
        let large = try await failure(
            try ScriptedServer { peer in
                _ = peer.request()
                peer.answer(String(repeating: "a", count: 101))
            }
        ) { $0.bodyBytesMax = 100 }
        #expect(!large.mayPass && large.code == "BODY_TOO_LARGE" && large.message.contains("100 bytes"))
    }

    @Test func `a body of exactly the limit passes`() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.answer(String(repeating: "a", count: 100))
        }
        var request = HTTPClient.HTTPRequest("GET", server.url)
        request.bodyBytesMax = 100
        let whole = try await withSession { [request] in try await $0.send(request) }
        #expect(whole.body.count == 100)
    }

    @Test func `the limit holds for what is unpacked: a small bomb is refused`() async throws {
        let packed = try run("/bin/gzip", ["-c"], input: Data(count: 20_000_000))
        #expect(packed.count < 50_000)
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n")
            peer.send([UInt8](packed))
        }
        let bomb = try await failure(server) { $0.bodyBytesMax = 1_000_000 }
        #expect(bomb.code == "BODY_TOO_LARGE")
        let whole = try await withSession { try await $0.send(HTTPClient.HTTPRequest("GET", server.url)) }
        #expect(whole.body.count == 20_000_000)
    }

    @Test func `silence ends by the limits of the request, before and within the answer`() async throws {
        let mute = try ScriptedServer { peer in
            _ = peer.request()
            peer.keepSilent()
        }
        let total = try await failure(mute) { $0.totalMilliseconds = 200 }
        #expect(total.code == "OPERATION_TIMEDOUT" && total.phase == .request && total.mayPass)
        let silent = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
            peer.keepSilent()
        }
        let silence = try await failure(silent) { $0.silenceSecondsMax = 1 }
        #expect(silence.code == "OPERATION_TIMEDOUT" && silence.phase == .response)
    }

    @Test func `a head without end is refused`() async throws {
        let server = try ScriptedServer { peer in
            _ = peer.request()
            peer.send("HTTP/1.1 200 OK\r\n")
            for _ in 0..<100_000 { peer.send("X-A: " + String(repeating: "a", count: 1000) + "\r\n") }
        }
        let answer = try await failure(server) { $0.totalMilliseconds = 30_000 }
        #expect(answer.phase == .response)
    }

    @Test func `nobody listening, no such host and no URL are told apart`() async throws {
        let server = try ScriptedServer { _ in }
        let port = server.port
        withExtendedLifetime(server) {}
        for (url, code, phase) in [
            ("http://127.0.0.1:1/", "COULDNT_CONNECT", TransferError.Phase.connect), ("http://nowhere.invalid:\(port)/", "COULDNT_RESOLVE_HOST", .resolve),
            ("no url", "URL_MALFORMAT", .prepare), ("ftp://127.0.0.1/", "URL_MALFORMAT", .prepare),
        ] {
            let error = try await withSession { session in
                await #expect(throws: TransferError.self) { try await session.send(HTTPClient.HTTPRequest("GET", url)) }
            }
            #expect(error?.code == code && error?.phase == phase, "\(url)")
        }
    }

    @Test func `a server that nobody vouches for, or for another name, is refused before a byte of the request`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rollcall-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (key, certificate) = (folder.appendingPathComponent("key.pem"), folder.appendingPathComponent("certificate.pem"))
        _ = try run(
            "/usr/bin/openssl",
            ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
                + ["-keyout", key.path, "-out", certificate.path])
        var settings = HTTPListenerSettings()
        settings.tls = (try String(contentsOf: key, encoding: .utf8), try String(contentsOf: certificate, encoding: .utf8))
        let listener = try HTTPListener(settings) { _ in ServerResponse(contentType: "text/plain", "ok") }
        for (host, authorities, isTrusted) in [("localhost", certificate.path, true), ("localhost", nil, false), ("127.0.0.1", certificate.path, false)] {
            let request = HTTPClient.HTTPRequest("GET", "https://\(host):\(listener.port)/")
            try await withSession {
                $0.authoritiesFile = authorities
            } _: { session in
                if isTrusted {
                    let answer = try await session.send(request)
                    #expect(answer.status == 200)
                } else {
                    let error = await #expect(throws: TransferError.self) { try await session.send(request) }
                    #expect(error?.code == "PEER_FAILED_VERIFICATION" && error?.phase == .tls && error?.mayPass == false)
                }
            }
        }
        #expect(listener.completedRequests == 1)
        await listener.stop(deadline: .zero)
    }
}

/// Runs a program of the system and gives back what it printed.
func run(_ path: String, _ arguments: [String], input: Data = Data()) throws -> Data {
    let process = Process(), output = Pipe(), source = Pipe()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    (process.standardOutput, process.standardInput, process.standardError) = (output, source, FileHandle.nullDevice)
    try process.run()
    DispatchQueue.global().async { @Sendable in
        try? source.fileHandleForWriting.write(contentsOf: input)  // A program that does not read ends by itself.
        try? source.fileHandleForWriting.close()
    }
    let printed = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(path) ended with \(process.terminationStatus)")
    return printed
}
