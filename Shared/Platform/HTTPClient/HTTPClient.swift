import CCurl

/// HTTPS over libcurl. Awaiting a call holds no thread; cancelling the task drops the request.
public final class HTTPClient: Sendable {
    private let loop: CurlLoop
    private let settings: HTTPClientSettings

    public init(_ settings: HTTPClientSettings = HTTPClientSettings()) throws {
        self.settings = settings
        loop = try CurlLoop(connectionsPerHostMax: settings.connectionsPerHostMax)
    }

    /// Lets nothing more start, ends what runs with `CLIENT_CLOSED`, returns when the sockets are shut.
    public func close() async { await loop.close() }

    /// The whole answer, whatever its status.
    public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        try await following(request) { hop, origin in
            let sink = CollectedResponse(host: origin.host, bodyBytesMax: hop.bodyBytesMax)
            let transfer = try transfer(hop, origin, sink)
            let response = try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    sink.continuation = continuation
                    loop.start(transfer)
                }
            } onCancel: {
                loop.cancel(transfer)
            }
            return (response.redirectURL, response.answer)
        }
    }

    /// The head as soon as it is there; the body as the reader takes it. A reader that stops early drops the connection.
    public func stream(_ request: HTTPRequest) async throws -> HTTPStream {
        try await following(request) { hop, origin in
            let sink = StreamedResponse(host: origin.host, bodyBytesMax: hop.bodyBytesMax, heldBytesMax: settings.streamBytesMax)
            let owner = StreamOwner(transfer: try transfer(hop, origin, sink), loop: loop, sink: sink)
            let opening = try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { continuation in
                    sink.awaitHead(continuation)
                    loop.start(owner.transfer)
                }
            } onCancel: {
                owner.cancel()
            }
            return (opening.redirectURL, HTTPStream(head: opening.head, body: HTTPBody(owner: owner)))
        }
    }

    private func following<Answer>(
        _ request: HTTPRequest, _ exchange: (HTTPRequest, Origin) async throws -> (redirectURL: String?, answer: Answer)
    ) async throws -> Answer {
        var hop = request
        var left = if case .sameOrigin(let max) = request.redirects { max } else { 0 }
        while true {
            try Task.checkCancellation()
            guard let origin = Origin(hop.url) else {
                throw CurlError(code: "URL_MALFORMAT", host: "", phase: .prepare, message: "not an http or https URL")
            }
            let result = try await exchange(hop, origin)
            guard let next = result.redirectURL else { return result.answer }
            let target = Origin(next)
            guard left > 0, target == origin, hop.method == "GET" || hop.method == "HEAD" else {
                throw CurlError(
                    code: "REDIRECT_REFUSED", host: origin.host, phase: .response,
                    message: "redirected to \(target.map { "\($0.scheme)://\($0.host):\($0.port)" } ?? "another scheme")")
            }
            left -= 1
            hop.url = next
        }
    }

    private func transfer(_ request: HTTPRequest, _ origin: Origin, _ sink: any CurlSink) throws -> CurlTransfer {
        for header in request.headers {
            guard isSafe(header.name), !header.name.isEmpty, !header.name.utf8.contains(UInt8(ascii: ":")), isSafe(header.value) else {
                throw CurlError(code: "BAD_REQUEST", host: origin.host, phase: .prepare, message: "header \(header.name.debugDescription) has a line break")
            }
        }
        let settings = settings
        return CurlTransfer(host: origin.host, sink: sink) { transfer, easy in
            try easy.set(CURLOPT_URL, request.url)
            try easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
            try easy.set(CURLOPT_FOLLOWLOCATION, 0)
            try easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
            try easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
            try easy.set(CURLOPT_USERAGENT, settings.userAgent)
            try easy.set(CURLOPT_MAXAGE_CONN, settings.connectionIdleSecondsMax)
            try easy.set(CURLOPT_BUFFERSIZE, settings.receiveBufferBytes)
            if let file = settings.authoritiesFile { try easy.set(CURLOPT_CAINFO, file) }
            if let proxy = settings.proxy { try easy.set(CURLOPT_PROXY, proxy) }
            if let encoding = settings.acceptEncoding { try easy.set(CURLOPT_ACCEPT_ENCODING, encoding) }
            if !request.mayRepeat { try easy.set(CURLOPT_FRESH_CONNECT, 1) }
            if settings.abandonResolver { try easy.set(CURLOPT_QUICK_EXIT, 1) }
            try easy.set(CURLOPT_CONNECTTIMEOUT_MS, request.connectMilliseconds)
            try easy.set(CURLOPT_TIMEOUT_MS, request.totalMilliseconds)
            try easy.set(CURLOPT_LOW_SPEED_LIMIT, request.lowSpeed.bytes)
            try easy.set(CURLOPT_LOW_SPEED_TIME, request.lowSpeed.seconds)

            if let body = request.body {
                // The size first: COPYPOSTFIELDS copies so many bytes.
                try easy.setSize(CURLOPT_POSTFIELDSIZE_LARGE, body.count)
                try body.withUnsafeBytes { bytes in
                    var nothing: UInt8 = 0  // An empty array has no base address, and nil would mean "read from READFUNCTION".
                    try withUnsafeMutableBytes(of: &nothing) { empty in
                        guard let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress) ?? empty.baseAddress else { return }
                        try easy.set(CURLOPT_COPYPOSTFIELDS, start)
                    }
                }
            }
            switch (request.method, request.body) {
            case ("GET", nil): break
            case ("HEAD", nil): try easy.set(CURLOPT_NOBODY, 1)
            case ("POST", .some): break
            default: try easy.set(CURLOPT_CUSTOMREQUEST, request.method)
            }
            // "Name;" sends an empty value where "Name:" would remove the header; "Expect:" stops the wait for 100-continue.
            let lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
            try easy.set(CURLOPT_HTTPHEADER, list: transfer.list(lines + ["Expect:"]))
        }
    }
}

/// libcurl writes headers as given: a line break would smuggle another header in.
private func isSafe(_ text: String) -> Bool { !text.utf8.contains { $0 == 13 || $0 == 10 || $0 == 0 } }
