/// How to reach a seller's account at Square.
public struct SquareAccess: Sendable {
    /// The access token, as https://developer.squareup.com/apps shows it; errors name the setting it came from and never the token.
    public var token: String
    /// Where the token came from: `SQUARE_ACCESS_TOKEN`.
    public var tokenSetting: String
    /// Where the API answers; nil: `https://connect.squareup.com`.
    public var endpoint: String?
    /// Who asks, as Square's logs show it: `rollcall/version`.
    public var userAgent: String
    /// Square publishes no limit; readers met 429 at 6 to 10 requests a second, and the users kept to 100 a minute.
    public var requestsPerMinute = 100
    /// For one request.
    public var requestSecondsMax = 120
    /// The largest page taken, unpacked; a thousand orders have about five million bytes.
    public var bodyBytesMax = 64 * 1024 * 1024
    /// As in `HTTPSessionSettings`: nil = the environment's proxies, "" = none.
    public var proxy: String?
    public var clock = SourceClock.system

    public init(token: String, tokenSetting: String, endpoint: String? = nil, userAgent: String) {
        (self.token, self.tokenSetting, self.endpoint, self.userAgent) = (token, tokenSetting, endpoint, userAgent)
    }
}
