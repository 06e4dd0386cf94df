/// A header as sent or received; names compare without case.
public struct HTTPHeader: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
}

/// One question to a server, with the bounds its answer must keep.
public struct HTTPRequest: Sendable {
    public enum Redirects: Sendable, Equatable {
        /// A 3xx with a Location is an error.
        case refuse
        /// GET and HEAD follow within scheme, host and port, at most so many times.
        case sameOrigin(max: Int)
    }

    public var method: String
    /// `http` or `https`, percent-encoded.
    public var url: String
    public var headers: [HTTPHeader]
    public var body: [UInt8]?
    public var redirects = Redirects.refuse
    /// libcurl sends a request again, unasked, when a pooled connection dies before the first byte of the answer.
    /// False: the request gets a connection of its own, which libcurl never repeats on. Right for whatever must not happen twice.
    public var mayRepeat: Bool
    /// The most body bytes taken, counted after decompression.
    public var bodyBytesMax = 64 * 1024 * 1024
    public var connectMilliseconds = 10_000
    /// For the whole exchange, the body included; 0 = no limit.
    public var totalMilliseconds = 60_000
    /// Slower than a byte a second for so many seconds ends the transfer, also while waiting for the first byte; 0 = off.
    public var silenceSecondsMax = 30

    public init(_ method: String = "GET", _ url: String, headers: [HTTPHeader] = [], body: [UInt8]? = nil) {
        (self.method, self.url, self.headers, self.body) = (method, url, headers, body)
        mayRepeat = method == "GET" || method == "HEAD"
    }
}
