/// How to reach Google Sheets; what a pipeline file says of its own wins.
public struct GoogleSheetsAccess: Sendable {
    /// Where the API answers (`ROLLCALL_SHEETS_ENDPOINT`); nil: Google.
    public var endpoint: String?
    /// The path of the service account's key file (`GOOGLE_APPLICATION_CREDENTIALS`).
    public var credentialsFile: String?
    /// Who asks, as Google's logs show it: `rollcall/version`.
    public var userAgent: String
    /// Google allows 60 (https://developers.google.com/workspace/sheets/api/limits).
    public var requestsPerMinute = 60
    /// For one request; Google gives up at 180 seconds itself.
    public var requestSecondsMax = 180
    /// The largest answer taken, unpacked.
    public var bodyBytesMax = 256 * 1024 * 1024
    /// As in `HTTPSessionSettings`: nil = the environment's proxies, "" = none.
    public var proxy: String?
    public var clock = SourceClock.system

    public init(endpoint: String? = nil, credentialsFile: String? = nil, userAgent: String) {
        (self.endpoint, self.credentialsFile, self.userAgent) = (endpoint, credentialsFile, userAgent)
    }
}
