/// How to reach BigQuery; what a pipeline file says of its own wins.
public struct BigQueryAccess: Sendable {
    /// Where the API answers (`ROLLCALL_BIGQUERY_ENDPOINT`); nil: Google.
    public var endpoint: String?
    /// The path of the service account's key file (`GOOGLE_APPLICATION_CREDENTIALS`).
    public var credentialsFile: String?
    /// Who asks, as Google's logs show it: `rollcall/version`.
    public var userAgent: String
    /// Far below what Google takes, 100 a second (https://cloud.google.com/bigquery/quotas#api_request_quotas): a sync needs some ten.
    public var requestsPerMinute = 300
    /// For one request.
    public var requestSecondsMax = 120
    /// How long a query may run; BigQuery ends it then itself.
    public var querySecondsMax = 600
    /// The largest answer taken, unpacked. A page of rows is limited to 10 MB by BigQuery, counted before it is written as JSON.
    public var bodyBytesMax = 128 * 1024 * 1024
    /// The most bytes that the rows of one part may take in memory (invariant 11).
    public var partBytesMax = 256 * 1024 * 1024
    /// The most rows asked for in one page; nil: as many as fit into 10 MB.
    public var pageRowsMax: Int?
    /// As in `HTTPSessionSettings`: nil = the environment's proxies, "" = none.
    public var proxy: String?
    public var clock = SourceClock.system

    public init(endpoint: String? = nil, credentialsFile: String? = nil, userAgent: String) {
        (self.endpoint, self.credentialsFile, self.userAgent) = (endpoint, credentialsFile, userAgent)
    }
}
