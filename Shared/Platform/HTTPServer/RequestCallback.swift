import CMicroHTTPD
import Glibc
import Synchronization

/// libmicrohttpd calls this for each step of a request: once with the head, with each piece of the body, once at the body's end,
/// and once more when the connection was parked and let go. Runs on its thread and never waits.
func onRequest(
    _ context: UnsafeMutableRawPointer?, _ mhd: OpaquePointer?, _ url: UnsafePointer<CChar>?, _ method: UnsafePointer<CChar>?,
    _ version: UnsafePointer<CChar>?, _ bytes: UnsafePointer<CChar>?, _ count: UnsafeMutablePointer<Int>?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let mhd, let method, let version, let count, let kept = slot?.pointee else { return .NO }
    let exchange = Unmanaged<Exchange>.fromOpaque(kept).takeUnretainedValue()
    switch exchange.phase {
    case .head: return takeHead(exchange, mhd, method, version)
    case .body where count.pointee > 0:
        let isTaken = takeBody(exchange, UnsafeRawBufferPointer(start: bytes, count: count.pointee))
        count.pointee = 0
        return isTaken ? .YES : .NO
    case .body: return dispatch(exchange, mhd)
    case .waiting:
        guard let response = exchange.response else { return .NO }  // Cut by a stop or a hang-up.
        return answer(exchange, mhd, response)
    case .answered: return .YES
    }
}

private func takeHead(_ exchange: Exchange, _ mhd: OpaquePointer, _ method: UnsafePointer<CChar>, _ version: UnsafePointer<CChar>) -> MHD_Result {
    let settings = exchange.listener.settings
    exchange.phase = .body
    exchange.connection.deadline.store(monotonicMilliseconds() + settings.bodyMillisecondsMax, ordering: .relaxed)
    do throws(HeadRefusal) {
        let head = try RequestHead(rawHead(exchange, mhd, method, version), settings)
        exchange.body.reserveCapacity(head.bodyBytes)
        exchange.head = head
    } catch {
        switch error {
        case .answered(let status, let why):
            exchange.refusal = settings.refusal(status, why)
            if status == 405 { exchange.refusal?.headers.append("Allow", settings.methods.sorted().joined(separator: ", ")) }
        case .closed(let status, let why):
            // Answering in the first call makes libmicrohttpd skip the body and close.
            return answer(exchange, mhd, settings.refusal(status, why))
        }
    }
    return .YES
}

private func rawHead(_ exchange: Exchange, _ mhd: OpaquePointer, _ method: UnsafePointer<CChar>, _ version: UnsafePointer<CChar>) -> RawHead {
    var raw = RawHead(
        method: [UInt8](UnsafeRawBufferPointer(start: method, count: strlen(method))), target: exchange.target,
        isTargetWhole: UInt(bitPattern: UnsafeRawPointer(version)) == exchange.targetAddress + UInt(exchange.target.count) + 1,
        isHTTP10: strcmp(version, "HTTP/1.0") == 0, size: mhd_head_size(mhd))
    withUnsafeMutablePointer(to: &raw) { raw in
        _ = MHD_get_connection_values_n(
            mhd, .HEADER_KIND,
            { raw, _, name, nameCount, value, valueCount in
                guard let raw else { return .NO }
                let field = (
                    name: [UInt8](UnsafeRawBufferPointer(start: name, count: nameCount)),
                    value: [UInt8](UnsafeRawBufferPointer(start: value, count: valueCount))
                )
                raw.assumingMemoryBound(to: RawHead.self).pointee.fields.append(field)
                return .YES
            }, raw)
    }
    return raw
}

/// False: the client sends far more than anybody allowed, so the connection is cut.
private func takeBody(_ exchange: Exchange, _ bytes: UnsafeRawBufferPointer) -> Bool {
    let settings = exchange.listener.settings
    exchange.bytesReceived += bytes.count
    if exchange.bytesReceived > settings.bodyBytesMax {
        if exchange.refusal == nil { exchange.refusal = settings.refusal(413, "body too large") }
        exchange.body = []
    } else if exchange.refusal == nil {
        exchange.body.append(contentsOf: bytes)
    }
    return exchange.bytesReceived <= settings.drainBytesMax
}

/// The whole request is here.
private func dispatch(_ exchange: Exchange, _ mhd: OpaquePointer) -> MHD_Result {
    let listener = exchange.listener
    exchange.connection.deadline.store(.max, ordering: .relaxed)
    if let refusal = exchange.refusal { return answer(exchange, mhd, refusal) }
    if listener.isStopping {
        var refusal = listener.settings.refusal(503, "stopping")
        refusal.closesConnection = true
        return answer(exchange, mhd, refusal)
    }
    guard let head = exchange.head, listener.park(exchange) else { return .NO }
    let request = ServerRequest(
        method: head.method, target: head.target, path: head.path, rawQuery: head.query, headers: head.headers, host: head.host, body: exchange.body,
        peer: exchange.connection.peer)
    (exchange.phase, exchange.isDispatched, exchange.head, exchange.body) = (.waiting, true, nil, [])
    listener.running.add(1, ordering: .acquiringAndReleasing)
    exchange.run(request, listener.handler)
    return .YES
}

private func answer(_ exchange: Exchange, _ mhd: OpaquePointer, _ response: ServerResponse) -> MHD_Result {
    exchange.phase = .answered
    guard let made = made(response.body, for: exchange) else { return .NO }
    defer { MHD_destroy_response(made) }
    let listener = exchange.listener
    for (name, value) in response.headers.fields where MHD_add_response_header(made, name, value) == .NO {
        listener.settings.log("response header refused: \(name)")
    }
    if response.closesConnection || listener.isStopping { MHD_add_response_header(made, "Connection", "close") }
    guard (100...999).contains(response.status), MHD_queue_response(mhd, UInt32(response.status), made) == .YES else {
        listener.settings.log("response refused: status \(response.status)")
        return .NO
    }
    return .YES
}

private func made(_ body: ServerResponse.Body, for exchange: Exchange) -> OpaquePointer? {
    switch body {
    case .bytes(let bytes):
        bytes.withUnsafeBytes { MHD_create_response_from_buffer($0.count, UnsafeMutableRawPointer(mutating: $0.baseAddress), .RESPMEM_MUST_COPY) }
    case .stream(let producer):
        MHD_create_response_from_callback(
            mhd_size_unknown, 16 * 1024,
            { writer, _, room, count in
                guard let writer, let room else { return mhd_end_with_error }
                return Unmanaged<StreamWriter>.fromOpaque(writer).takeUnretainedValue().read(into: UnsafeMutableRawBufferPointer(start: room, count: count))
            },
            Unmanaged.passRetained(StreamWriter(exchange, producer)).toOpaque(),
            { writer in
                guard let writer else { return }
                Unmanaged<StreamWriter>.fromOpaque(writer).takeRetainedValue().close()
            })
    }
}
