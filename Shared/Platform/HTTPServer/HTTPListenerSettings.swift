/// Where a listener listens and how much it puts up with.
public struct HTTPListenerSettings: Sendable {
    /// An IPv4 or IPv6 address, no name.
    public var host = "127.0.0.1"
    /// 0: the system chooses.
    public var port: UInt16 = 0
    /// At the limit nothing more is accepted; who connects waits in the system's queue.
    public var connectionsMax: UInt32 = 512
    /// 0: no limit.
    public var connectionsPerAddressMax: UInt32 = 0
    /// How long a connection may rest between two requests, and a reader of an answer may stand still.
    public var idleSecondsMax: UInt32 = 30
    public var headMillisecondsMax: Int64 = 10_000
    public var bodyMillisecondsMax: Int64 = 30_000
    public var targetBytesMax = 8 * 1024
    public var headBytesMax = 16 * 1024
    public var headersMax = 100
    public var bodyBytesMax = 1024 * 1024
    /// A body beyond the limit is still read up to here, so that the client gets its 413.
    public var drainBytesMax = 16 * 1024 * 1024
    /// Off: 411. On, libmicrohttpd 0.9.75 answers 500 to a chunk extension that outgrows `connectionMemoryBytes`.
    public var acceptsChunked = true
    public var connectionMemoryBytes = 128 * 1024
    /// Others are answered 405.
    public var methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    /// Lower case, without port; nil = any. Keeps web pages from reaching a listener on loopback under a name of theirs (DNS rebinding).
    public var allowedHosts: Set<String>?
    /// PEM texts; nil: plain HTTP.
    public var tls: (keyPEM: String, certificatePEM: String)?
    /// The answer to what never reaches the handler: a status, and why, as RFC 9457 problem details.
    public var refusal: @Sendable (Int, String) -> ServerResponse = { status, why in
        ServerResponse(status: status, contentType: "application/problem+json", "{\"status\":\(status),\"detail\":\"\(why)\"}")
    }
    /// Hears libmicrohttpd's complaints.
    public var log: @Sendable (String) -> Void = { _ in }

    public init() {}
}
