import HTTPServer
import JSONText

/// What can go wrong between BigQuery and a reader, as it looks on the wire.
public enum BigQueryFault: Sendable, Equatable {
    /// An error with a reason, which is what decides (https://cloud.google.com/bigquery/docs/error-messages#errortable).
    case refusal(Int, reason: String, message: String, retryAfterSeconds: Int? = nil)
    /// What can befall any answer: cut, shortened, stalled, a status without a word.
    case wire(SheetsFault)

    public static let rateLimit = BigQueryFault.refusal(
        403, reason: "rateLimitExceeded", message: "Exceeded rate limits: too many api requests per user per method")
    public static let quota = BigQueryFault.refusal(
        403, reason: "quotaExceeded", message: "Quota exceeded: Your project exceeded quota for free query bytes scanned.")
    public static let backend = BigQueryFault.refusal(
        503, reason: "backendError", message: "Error encountered during execution. Retrying may solve the problem.")
    public static let jobBackend = BigQueryFault.refusal(400, reason: "jobBackendError", message: "The job encountered an internal error during execution.")
    public static func denied(_ table: String) -> BigQueryFault {
        .refusal(
            403, reason: "accessDenied",
            message: "Access Denied: Table stand-in:\(table): User does not have permission to query table stand-in:\(table), or perhaps it does not exist.")
    }

    func answer(insteadOf sound: ServerResponse) -> ServerResponse {
        switch self {
        case .wire(let fault): return fault.answer(insteadOf: sound)
        case .refusal(let status, let reason, let message, let seconds):
            var response = bigQueryError(status, reason: reason, message)
            if let seconds { response.headers.append("Retry-After", String(seconds)) }
            return response
        }
    }
}

/// An error in BigQuery's shape.
func bigQueryError(_ status: Int, reason: String, _ message: String) -> ServerResponse {
    let error: JSONObject = [
        "code": .number(String(status)), "message": .string(message),
        "errors": [["message": .string(message), "domain": "global", "reason": .string(reason)]], "status": .string("STATUS"),
    ]
    var writer = JSONWriter()
    writer.object { $0.member("error", JSONValue.object(error)) }
    return ServerResponse(status: status, headers: ServerHeaders([("Content-Type", "application/json; charset=UTF-8")]), body: .bytes(writer.bytes))
}
