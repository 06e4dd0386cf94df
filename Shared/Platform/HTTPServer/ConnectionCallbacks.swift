import CMicroHTTPD
import Glibc
import Synchronization

// libmicrohttpd's callbacks about connections and the life of requests. All run on its own thread and never wait.

/// The state that libmicrohttpd hands to each callback, as given to it in `startDaemon`.
func listenerState(_ context: UnsafeMutableRawPointer?) -> ListenerState? {
    context.map { Unmanaged<ListenerState>.fromOpaque($0).takeUnretainedValue() }
}

func onLog(_ context: UnsafeMutableRawPointer?, _ format: UnsafePointer<CChar>?, _ arguments: CVaListPointer?) {
    guard let format, let arguments, let listener = listenerState(context) else { return }
    var buffer = [CChar](repeating: 0, count: 512)
    vsnprintf(&buffer, buffer.count, format, arguments)
    listener.settings.log(text(buffer))
}

func onConnection(
    _ context: UnsafeMutableRawPointer?, _ mhd: OpaquePointer?, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ what: MHD_ConnectionNotificationCode
) {
    guard let mhd, let slot, let listener = listenerState(context) else { return }
    switch what {
    case .CONNECTION_NOTIFY_STARTED:
        let deadline = monotonicMilliseconds() + listener.settings.headMillisecondsMax
        let connection = Connection(descriptor: mhd_fd(mhd), peer: peerAddress(mhd), deadline: deadline)
        slot.pointee = Unmanaged.passRetained(connection).toOpaque()
        listener.add(connection)
    default:
        guard let kept = slot.pointee else { return }
        let connection = Unmanaged<Connection>.fromOpaque(kept).takeRetainedValue()
        slot.pointee = nil
        listener.remove(connection)
        // 0.9.75 forgets `onCompleted` where a head has two errors, say a bad cookie and a bad Content-Length.
        if let forgotten = connection.exchange { finish(forgotten) }
    }
}

/// Before the head is parsed: keeps the raw target, which libmicrohttpd is about to cut up.
func onTarget(_ context: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?, _ mhd: OpaquePointer?) -> UnsafeMutableRawPointer? {
    guard let mhd, let slot = mhd_socket_context(mhd), let listener = listenerState(context) else { return nil }
    let connection = Unmanaged<Connection>.fromOpaque(slot).takeUnretainedValue()
    if let forgotten = connection.exchange { finish(forgotten) }
    let bytes = target.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: strlen($0))) } ?? []
    // 0.9.75 parses the query into its memory pool before anybody can refuse it, and where the pool runs out (4,000 arguments
    // in 128 KiB did it) the connection hangs. We parse queries ourselves, so the text ends right behind the '?' for
    // libmicrohttpd; the buffer is its own, and writable.
    if let target, let mark = bytes.firstIndex(of: UInt8(ascii: "?")), mark + 1 < bytes.count { UnsafeMutablePointer(mutating: target)[mark + 1] = 0 }
    let exchange = Exchange(
        listener: listener, mhd: mhd, connection: connection, target: bytes, targetAddress: UInt(bitPattern: UnsafeRawPointer(target)))
    connection.exchange = exchange
    return Unmanaged.passUnretained(exchange).toOpaque()
}

func onCompleted(
    _ context: UnsafeMutableRawPointer?, _ mhd: OpaquePointer?, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ why: MHD_RequestTerminationCode
) {
    guard let kept = slot?.pointee else { return }
    slot?.pointee = nil
    finish(Unmanaged<Exchange>.fromOpaque(kept).takeUnretainedValue())
}

private func finish(_ exchange: Exchange) {
    let listener = exchange.listener, settings = listener.settings
    exchange.connection.exchange = nil
    exchange.close()
    if exchange.isDispatched { listener.running.subtract(1, ordering: .acquiringAndReleasing) }
    listener.completed.add(1, ordering: .relaxed)
    // The next head may begin when the connection has rested, and then has its own time.
    let next = monotonicMilliseconds() + Int64(settings.idleSecondsMax) * 1000 + settings.headMillisecondsMax
    exchange.connection.deadline.store(next, ordering: .relaxed)
}

private func peerAddress(_ mhd: OpaquePointer) -> String {
    guard let address = mhd_peer(mhd) else { return "" }
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let isV6 = address.pointee.sa_family == sa_family_t(AF_INET6)
    let size = isV6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    guard getnameinfo(address, socklen_t(size), &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST) == 0 else { return "" }
    return text(host)
}

private func text(_ characters: [CChar]) -> String { String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) }
