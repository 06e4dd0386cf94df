import Foundation
import Glibc
import HTTPClient
import Synchronization

/// A TCP server that says to each connection exactly what a test scripts, be it HTTP or not.
final class ScriptedServer: Sendable {
    struct Failed: Error { let call: String, code: Int32 }

    /// One accepted connection, on a thread of its own; it is closed when the script returns.
    struct Peer: Sendable {
        /// Which connection this is, from 1.
        let number: Int
        fileprivate let descriptor: Int32
        fileprivate let requests: @Sendable (String) -> Void

        /// The next request, with the body that its Content-Length announces; nil when the client hung up.
        func request() -> String? {
            var received: [UInt8] = []
            while true {
                let text = String(decoding: received, as: UTF8.self)
                let parts = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
                if parts.count == 2 {
                    let length = parts[0].lowercased().split(separator: "content-length: ").dropFirst().first.flatMap { Int($0.prefix { $0.isNumber }) }
                    if parts[1].utf8.count >= length ?? 0 {
                        requests(text)
                        return text
                    }
                }
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { return nil }
                received += buffer[..<count]
            }
        }

        func send(_ bytes: [UInt8]) {
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                sent += count
            }
        }

        func send(_ text: String) { send(Array(text.utf8)) }

        /// A whole answer that keeps the connection.
        func answer(_ body: String, headers: String = "") {
            send("HTTP/1.1 200 OK\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }

        /// Says nothing until the client hangs up.
        func keepSilent() {
            var byte: UInt8 = 0
            while recv(descriptor, &byte, 1, 0) > 0 {}
        }
    }

    let port: UInt16
    private let listening: Int32
    private let seen: Seen

    private final class Seen: Sendable { let requests = Mutex<[String]>([]) }

    var url: String { "http://127.0.0.1:\(port)" }
    /// The requests that came whole, oldest first.
    var requests: [String] { seen.requests.withLock { $0 } }

    init(_ script: @escaping @Sendable (Peer) -> Void) throws {
        let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listening, $0, size) == 0 && listen(listening, 64) == 0 && getsockname(listening, $0, &size) == 0
            }
        }
        guard result else { throw Failed(call: "listen", code: errno) }
        port = UInt16(bigEndian: address.sin_port)
        self.listening = listening
        let seen = Seen()
        self.seen = seen
        Thread.detachNewThread { @Sendable in
            var number = 0
            while true {
                let descriptor = accept(listening, nil, nil)
                guard descriptor >= 0 else { return }  // `deinit` has shut the socket.
                number += 1
                let peer = Peer(number: number, descriptor: descriptor) { request in seen.requests.withLock { $0.append(request) } }
                Thread.detachNewThread { @Sendable in
                    script(peer)
                    close(descriptor)
                }
            }
        }
    }

    deinit {
        shutdown(listening, Int32(SHUT_RDWR))
        close(listening)
    }
}

/// Runs `body` with a session without proxies that is closed whatever happens.
func withSession<Result>(change: (inout HTTPSessionSettings) -> Void = { _ in }, _ body: (HTTPSession) async throws -> Result) async throws -> Result {
    var settings = HTTPSessionSettings(userAgent: "rollcall/test")
    settings.proxy = ""
    change(&settings)
    let session = try HTTPSession(settings)
    do {
        let result = try await body(session)
        await session.close()
        return result
    } catch {
        await session.close()
        throw error
    }
}
