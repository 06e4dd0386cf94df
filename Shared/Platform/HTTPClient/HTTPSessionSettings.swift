/// What all requests of a session share.
public struct HTTPSessionSettings: Sendable {
    /// Who asks, as servers' logs show it: `name/version`.
    public var userAgent: String
    /// A PEM bundle instead of the system's; nil = the file libcurl was built with.
    public var authoritiesFile: String?
    public var connectionIdleSecondsMax = 60
    /// Nil: `https_proxy`, `http_proxy`, `no_proxy` of the environment as libcurl reads them; "" = never a proxy.
    public var proxy: String?
    /// `gzip` = asked for and unpacked; nil = identity.
    public var acceptEncoding: String? = "gzip"

    public init(userAgent: String) { self.userAgent = userAgent }
}
