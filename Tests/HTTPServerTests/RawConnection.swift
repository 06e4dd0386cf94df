import Foundation
import Glibc

/// A TCP connection without an HTTP library, for saying what no library would say.
///
/// Blocking calls run on threads of their own: the listener's handlers need the cooperative pool, and Dispatch's pool has an end.
final class RawConnection: Sendable {
    struct Failed: Error { let call: String, code: Int32 }

    private let descriptor: Int32

    init(port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard result == 0 else {
            let code = errno
            close(descriptor)
            throw Failed(call: "connect", code: code)
        }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// Sends as much as the peer takes; a peer that hangs up while we send is no failure here.
    func send(_ bytes: [UInt8]) async {
        await onThread { [descriptor] in
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                sent += count
            }
        }
    }

    func send(_ text: String) async { await send(Array(text.utf8)) }

    /// Says that nothing more comes; the peer can still answer.
    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Everything until the peer closes the connection, as Latin 1.
    func rest() async throws -> String {
        try await onThread { [descriptor] in
            var received: [UInt8] = []
            while true {
                let count = try Self.receive(descriptor, into: &received)
                if count <= 0 { return Self.latin1(received[...]) }
            }
        }
    }

    /// Reads until the peer closes the connection, and counts.
    func bytesUntilClosed() async throws -> Int {
        try await onThread { [descriptor] in
            var count = 0
            while true {
                var received: [UInt8] = []
                guard try Self.receive(descriptor, into: &received) > 0 else { return count }
                count += received.count
            }
        }
    }

    /// What has come when `text` is in it, or the peer closed.
    func read(until text: String) async throws -> String {
        try await onThread { [descriptor] in
            var received: [UInt8] = []
            while true {
                // Only what is new can hold it: an answer may be long.
                let seen = max(0, received.count - text.utf8.count)
                guard try Self.receive(descriptor, into: &received) > 0, !Self.latin1(received[seen...]).contains(text) else {
                    return Self.latin1(received[...])
                }
            }
        }
    }

    /// Hangs up with a reset, as a process that dies does; a mere end of sending would leave the peer free to answer.
    func reset() {
        var nobody = sockaddr()  // Family AF_UNSPEC: Linux then drops the connection with a reset (connect(2)).
        _ = connect(descriptor, &nobody, socklen_t(MemoryLayout<sockaddr>.size))
    }

    private static func receive(_ descriptor: Int32, into received: inout [UInt8]) throws -> Int {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN { throw Failed(call: "recv: the peer neither answered nor closed", code: errno) }
        if count > 0 { received += buffer[..<count] }
        return count
    }

    private static func latin1(_ bytes: ArraySlice<UInt8>) -> String { String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) })) }
}

private func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { @Sendable in continuation.resume(with: Result { try work() }) }
    }
}

private func onThread(_ work: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { @Sendable in
            work()
            continuation.resume()
        }
    }
}
