import Glibc

/// A peer that accepts connections in the kernel and never says a word.
final class SilentListener: Sendable {
    struct Failed: Error {}
    private let socket: Int32
    let port: UInt16

    init() throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 && listen(socket, 8) == 0 && getsockname(socket, address, &length) == 0
            }
        }
        guard bound else { throw Failed() }
        (self.socket, port) = (socket, UInt16(bigEndian: address.sin_port))
    }

    deinit { close(socket) }

    /// Whether somebody has connected.
    var hasClient: Bool {
        var ready = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, 0) == 1
    }
}
