import CMicroHTTPD
import Glibc

enum HeadVerdict {
    case accepted
    case refused(Int, String)  // framing is sound: read the body, answer, keep the connection
    case hopeless(Int, String)  // answer and close
}

func readHead(
    _ e: Exchange, _ mhd: OpaquePointer, _ method: UnsafePointer<CChar>, _ version: UnsafePointer<CChar>
) -> HeadVerdict {
    let limits = e.listener.settings
    var fields: [(name: [UInt8], value: [UInt8])] = []
    withUnsafeMutablePointer(to: &fields) { out in
        _ = MHD_get_connection_values_n(
            mhd, .HEADER_KIND,
            { cls, _, key, keySize, value, valueSize in
                cls!.assumingMemoryBound(to: [(name: [UInt8], value: [UInt8])].self).pointee.append(
                    (
                        name: [UInt8](UnsafeRawBufferPointer(start: key, count: keySize)),
                        value: [UInt8](UnsafeRawBufferPointer(start: value, count: valueSize))
                    ))
                return .YES
            }, out)
    }

    // Framing first: whatever is wrong here makes the rest of the connection unreadable.
    var headers = ServerHeaders()
    for (name, value) in fields {
        guard isToken(name) else { return .hopeless(400, "bad header name") }
        guard value.allSatisfy({ $0 == 9 || ($0 >= 32 && $0 != 127) }) else { return .hopeless(400, "bad header value") }
        var v = value[...]
        while let last = v.last, last == 32 || last == 9 { v.removeLast() }
        let text = String(validating: v, as: UTF8.self) ?? String(String.UnicodeScalarView(v.map { Unicode.Scalar($0) }))
        headers.append(String(decoding: name, as: UTF8.self), text)
    }
    let http11 = strcmp(version, "HTTP/1.0") != 0
    let coding = headers.all("Transfer-Encoding")
    let lengths = headers.all("Content-Length")
    if !coding.isEmpty {
        guard lengths.isEmpty, http11, coding.count == 1 else { return .hopeless(400, "ambiguous body length") }
        guard asciiEqual(coding[0], "chunked") else { return .hopeless(501, "unknown transfer coding") }
        guard limits.acceptsChunked else { return .hopeless(411, "Content-Length is needed") }
    }
    guard lengths.count <= 1 else { return .hopeless(400, "ambiguous body length") }
    let declared = lengths.first.flatMap { UInt64($0) } ?? 0
    if declared > UInt64(limits.drainBytesMax) { return .hopeless(413, "body too large") }
    if declared > UInt64(limits.bodyBytesMax), headers["Expect"] != nil { return .hopeless(413, "body too large") }
    if let expect = headers["Expect"], !asciiEqual(expect, "100-continue") { return .hopeless(417, "unknown expectation") }
    if fields.count > limits.headersMax || mhd_head_size(mhd) > limits.headBytesMax {
        return .hopeless(431, "head too large")
    }

    // From here the connection can go on after the answer.
    let verb = [UInt8](UnsafeRawBufferPointer(start: method, count: strlen(method)))
    guard isToken(verb) else { return .hopeless(400, "bad method") }
    let methodName = String(decoding: verb, as: UTF8.self)
    // A NUL in the target ends the C string early: the version would then not follow it directly.
    guard UInt(bitPattern: UnsafeRawPointer(version)) == e.targetAddress + UInt(e.target.count) + 1,
        !e.target.isEmpty, e.target.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") })
    else { return .hopeless(400, "bad request target") }
    if e.target.count > limits.targetBytesMax { return .refused(414, "target too long") }

    // 405 also for TRACE, CONNECT and the unknown: schemathesis counts a 501 as a server error.
    guard limits.methods.contains(methodName) else { return .refused(405, "method not allowed") }

    // RFC 9112 section 3.2: origin form, absolute form, or * for OPTIONS.
    var rest = e.target[...]
    var authority: String?
    if let scheme = ["http://", "https://"].first(where: { e.target.starts(with: $0.utf8) }) {
        rest = rest.dropFirst(scheme.utf8.count)
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        authority = String(decoding: rest[..<end], as: UTF8.self)
        rest = rest[end...]
        if rest.isEmpty { rest = Array("/".utf8)[...] }
    }
    let isAsterisk = methodName == "OPTIONS" && e.target == [UInt8(ascii: "*")]
    guard isAsterisk || rest.first == UInt8(ascii: "/") else { return .refused(400, "bad request target") }
    let parts = rest.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
    guard let path = percentDecoded(parts[0], plusIsSpace: false) else { return .refused(400, "bad path encoding") }

    let hosts = headers.all("Host")
    guard hosts.count == 1 || (!http11 && hosts.isEmpty) else { return .refused(400, "one Host header is needed") }
    let host = authority ?? hosts.first ?? ""
    if let allowed = limits.allowedHosts {
        guard allowed.contains(hostWithoutPort(host)) else { return .refused(421, "unknown host") }
    }
    if declared > UInt64(limits.bodyBytesMax) { return .refused(413, "body too large") }

    e.request = RequestHead(
        method: methodName, target: String(decoding: e.target, as: UTF8.self), path: path,
        query: parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "", host: host, headers: headers)
    e.body.reserveCapacity(Int(declared))
    return .accepted
}

private func hostWithoutPort(_ host: String) -> String {
    let lower = host.lowercased()
    if lower.hasPrefix("[") { return lower.firstIndex(of: "]").map { String(lower[...$0]) } ?? lower }
    return lower.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? lower
}

struct RequestHead {
    var method: String
    var target: String
    var path: String
    var query: String
    var host: String
    var headers: ServerHeaders
}
