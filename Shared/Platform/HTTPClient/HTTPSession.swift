import CCurl

/// HTTP and HTTPS over libcurl, with a pool of connections. Awaiting an answer holds no thread; cancelling the task drops the request.
public final class HTTPSession: Sendable {
    private let loop: CurlLoop
    private let settings: HTTPSessionSettings

    /// Throws `TransferError` when libcurl cannot be initialised or no thread can be made.
    public init(_ settings: HTTPSessionSettings) throws {
        self.settings = settings
        loop = try CurlLoop()
    }

    /// Lets nothing more start, ends what runs with `SESSION_CLOSED`, returns when the sockets are shut.
    public func close() async { await loop.close() }

    /// The whole answer, whatever its status; throws `TransferError` when none came whole, `CancellationError` when cancelled.
    public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        var hop = request
        var redirectsLeft = if case .sameOrigin(let max) = request.redirects { max } else { 0 }
        while true {
            try Task.checkCancellation()
            guard let origin = WebOrigin(hop.url) else {
                throw TransferError(code: "URL_MALFORMAT", host: "", phase: .prepare, message: "expected an absolute http or https URL")
            }
            let outcome = try await exchange(hop, origin)
            guard let next = outcome.redirectURL else { return outcome.answer }
            let target = WebOrigin(next)
            // Whoever redirects us elsewhere would be handed our Authorization header there.
            guard redirectsLeft > 0, target == origin, hop.method == "GET" || hop.method == "HEAD" else {
                throw TransferError(
                    code: "REDIRECT_REFUSED", host: origin.host, phase: .response,
                    message: "redirected to \(target?.description ?? "another scheme"), which is not followed", status: outcome.answer.status)
            }
            redirectsLeft -= 1
            hop.url = next
        }
    }

    private func exchange(_ request: HTTPRequest, _ origin: WebOrigin) async throws -> CollectedResponse.Outcome {
        try request.checkHeaders(origin)
        let sink = CollectedResponse(host: origin.host, bodyBytesMax: request.bodyBytesMax)
        let transfer = CurlTransfer(host: origin.host, sink: sink) { [settings] transfer, easy in
            try settings.apply(to: easy)
            try request.apply(to: easy, transfer)
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                sink.continuation = continuation
                loop.start(transfer)
            }
        } onCancel: {
            loop.cancel(transfer)
        }
    }
}

extension HTTPSessionSettings {
    fileprivate func apply(to easy: CurlEasy) throws {
        try easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        try easy.set(CURLOPT_FOLLOWLOCATION, 0)
        try easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        try easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        try easy.set(CURLOPT_QUICK_EXIT, 1)  // Otherwise an abandoned DNS look-up blocks the loop until the resolver gives up.
        try easy.set(CURLOPT_USERAGENT, userAgent)
        try easy.set(CURLOPT_MAXAGE_CONN, connectionIdleSecondsMax)
        if let authoritiesFile { try easy.set(CURLOPT_CAINFO, authoritiesFile) }
        if let proxy { try easy.set(CURLOPT_PROXY, proxy) }
        if let acceptEncoding { try easy.set(CURLOPT_ACCEPT_ENCODING, acceptEncoding) }
    }
}

extension HTTPRequest {
    /// libcurl writes headers as given: a line break would smuggle another header in.
    fileprivate func checkHeaders(_ origin: WebOrigin) throws {
        func isSafe(_ text: String) -> Bool { !text.utf8.contains { $0 == 13 || $0 == 10 || $0 == 0 } }
        for header in headers {
            guard isSafe(header.name), !header.name.isEmpty, !header.name.utf8.contains(UInt8(ascii: ":")), isSafe(header.value) else {
                throw TransferError(
                    code: "BAD_REQUEST", host: origin.host, phase: .prepare,
                    message: "header \(header.name.debugDescription): expected a name without colon and a value without line break or NUL")
            }
        }
    }

    fileprivate func apply(to easy: CurlEasy, _ transfer: CurlTransfer) throws {
        try easy.set(CURLOPT_URL, url)
        if !mayRepeat { try easy.set(CURLOPT_FRESH_CONNECT, 1) }
        try easy.set(CURLOPT_CONNECTTIMEOUT_MS, connectMilliseconds)
        try easy.set(CURLOPT_TIMEOUT_MS, totalMilliseconds)
        try easy.set(CURLOPT_LOW_SPEED_LIMIT, 1)
        try easy.set(CURLOPT_LOW_SPEED_TIME, silenceSecondsMax)
        if let body { try easy.setPostedBytes(body) }
        switch (method, body) {
        case ("GET", nil), ("POST", .some): break
        case ("HEAD", nil): try easy.set(CURLOPT_NOBODY, 1)
        default: try easy.set(CURLOPT_CUSTOMREQUEST, method)
        }
        // "Name;" sends an empty value where "Name:" would remove the header; "Expect:" stops the wait for 100-continue.
        let lines = headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        try easy.set(CURLOPT_HTTPHEADER, list: transfer.list(lines + ["Expect:"]))
    }
}
