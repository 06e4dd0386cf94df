/// The head of a request as libmicrohttpd found it, before anything about it is believed.
struct RawHead {
    var fields: [(name: [UInt8], value: [UInt8])] = []
    var method: [UInt8]
    /// Exactly as it was on the wire, up to the first NUL.
    var target: [UInt8]
    /// False when something stood between target and version, as a NUL does, which ends a C string early.
    var isTargetWhole: Bool
    /// libmicrohttpd takes 1.0 and 1.1 and what calls itself alike.
    var isHTTP10: Bool
    /// Of the whole head, in bytes.
    var size: Int
}

/// The head of a request that is fit to be answered.
struct RequestHead {
    let method: String
    let target: String
    let path: String
    let query: String
    let host: String
    let headers: ServerHeaders
    /// The Content-Length; 0 when there is none.
    let bodyBytes: Int
}

/// Why a request is not handed on.
enum HeadRefusal: Error, Equatable {
    /// It is clear where the request ends: read its body, answer, keep the connection.
    case answered(Int, String)
    /// It is not: answer and close, lest the next bytes are read as a request that a proxy before us never saw (request smuggling).
    case closed(Int, String)
}

extension RequestHead {
    /// Checks a head as RFC 9112 asks for, where libmicrohttpd does not.
    init(_ raw: RawHead, _ limits: HTTPListenerSettings) throws(HeadRefusal) {
        headers = try Self.headers(raw)
        bodyBytes = try Self.bodyBytes(raw, headers, limits)
        guard raw.fields.count <= limits.headersMax, raw.size <= limits.headBytesMax else { throw .closed(431, "head too large") }
        guard isToken(raw.method) else { throw .closed(400, "bad method") }
        method = String(decoding: raw.method, as: UTF8.self)
        guard raw.isTargetWhole, !raw.target.isEmpty, raw.target.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
            throw .closed(400, "bad request target")
        }
        target = String(decoding: raw.target, as: UTF8.self)

        // From here on the connection can live.
        guard raw.target.count <= limits.targetBytesMax else { throw .answered(414, "target too long") }
        // 405 also for TRACE, CONNECT and the unknown: checkers of APIs take a 501 for a failure of the server.
        guard limits.methods.contains(method) else { throw .answered(405, "method not allowed") }
        let parts = try Self.parts(of: raw.target, method)
        guard let path = percentDecoded(parts.path, plusIsSpace: false) else { throw .answered(400, "bad path encoding") }
        (self.path, query) = (path, String(decoding: parts.query, as: UTF8.self))
        let hosts = headers.all("Host")
        guard hosts.count == 1 || raw.isHTTP10 && hosts.isEmpty else { throw .answered(400, "one Host header is needed") }
        host = parts.authority ?? hosts.first ?? ""
        if let allowed = limits.allowedHosts, !allowed.contains(withoutPort(host)) { throw .answered(421, "unknown host") }
        guard bodyBytes <= limits.bodyBytesMax else { throw .answered(413, "body too large") }
    }

    private static func headers(_ raw: RawHead) throws(HeadRefusal) -> ServerHeaders {
        var headers = ServerHeaders()
        for (name, value) in raw.fields {
            guard isToken(name) else { throw .closed(400, "bad header name") }
            guard value.allSatisfy({ $0 == 0x09 || $0 >= 0x20 && $0 != 0x7F }) else { throw .closed(400, "bad header value") }
            var trimmed = value[...]
            while let last = trimmed.last, last == 0x20 || last == 0x09 { trimmed.removeLast() }
            // What is not UTF-8 is read as Latin 1, which HTTP once was.
            let text = String(validating: trimmed, as: UTF8.self) ?? String(String.UnicodeScalarView(trimmed.map { Unicode.Scalar($0) }))
            headers.append(String(decoding: name, as: UTF8.self), text)
        }
        return headers
    }

    /// RFC 9112 section 6.3: one Content-Length or one `chunked`, never two opinions on where the body ends.
    private static func bodyBytes(_ raw: RawHead, _ headers: ServerHeaders, _ limits: HTTPListenerSettings) throws(HeadRefusal) -> Int {
        let codings = headers.all("Transfer-Encoding"), lengths = headers.all("Content-Length")
        guard lengths.count <= 1, codings.isEmpty || lengths.isEmpty && codings.count == 1 && !raw.isHTTP10 else {
            throw .closed(400, "ambiguous body length")
        }
        if let coding = codings.first {
            guard equalIgnoringCase(coding, "chunked") else { throw .closed(501, "unknown transfer coding") }
            guard limits.acceptsChunked else { throw .closed(411, "Content-Length is needed") }
        }
        // libmicrohttpd has refused what is no number; one beyond Int is beyond every limit.
        let declared = lengths.first.map { Int($0) ?? .max } ?? 0
        guard declared <= limits.drainBytesMax else { throw .closed(413, "body too large") }
        if let expectation = headers["Expect"] {
            guard declared <= limits.bodyBytesMax else { throw .closed(413, "body too large") }
            guard equalIgnoringCase(expectation, "100-continue") else { throw .closed(417, "unknown expectation") }
        }
        return declared
    }

    /// RFC 9112 section 3.2: origin form, absolute form, or `*` for OPTIONS.
    private static func parts(of target: [UInt8], _ method: String) throws(HeadRefusal) -> (
        authority: String?, path: ArraySlice<UInt8>, query: ArraySlice<UInt8>
    ) {
        var rest = target[...]
        var authority: String?
        if let scheme = ["http://", "https://"].first(where: { target.starts(with: $0.utf8) }) {
            rest = rest.dropFirst(scheme.utf8.count)
            let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
            authority = String(decoding: rest[..<end], as: UTF8.self)
            rest = end == rest.endIndex ? [UInt8(ascii: "/")] : rest[end...]
        }
        let isAsterisk = method == "OPTIONS" && target == [UInt8(ascii: "*")]
        guard isAsterisk || rest.first == UInt8(ascii: "/") else { throw .answered(400, "bad request target") }
        let mark = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        return (authority, rest[..<mark], rest[mark...].dropFirst())
    }
}

private func withoutPort(_ host: String) -> String {
    let lower = host.lowercased()
    if lower.hasPrefix("[") { return lower.firstIndex(of: "]").map { String(lower[...$0]) } ?? lower }
    return lower.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init) ?? lower
}
