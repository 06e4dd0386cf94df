import HTTPClient
import JSONText

/// An error of Google's APIs: `{"error":{"code","message","status","errors":[{"reason"}],"details":[{"reason"}]}}`
/// (https://cloud.google.com/apis/design/errors#http_mapping). BigQuery tells the reason in `errors`, newer APIs in `details`.
struct GoogleRefusal: Sendable, Equatable {
    var isFromAPI = false
    /// One of the words of google.rpc.Code: `PERMISSION_DENIED`.
    var status = ""
    /// `SERVICE_DISABLED`, `rateLimitExceeded`; empty when none was told.
    var reason = ""
    /// At most 300 characters. It is Google's sentence and can name tables, columns and SQL, but no rows.
    var message = ""

    init(_ response: HTTPResponse) { self.init(response.body) }

    init(_ body: [UInt8]) {
        guard case .object(let answer)? = try? JSONValue(parsing: body), case .object(let error)? = answer["error"] else { return }
        isFromAPI = true
        if case .string(let text)? = error["status"] { status = text }
        if case .string(let text)? = error["message"] { message = String(text.prefix(300)) }
        for list in ["details", "errors"] {
            guard case .array(let details)? = error[list] else { continue }
            for case .object(let detail) in details {
                if case .string(let text)? = detail["reason"], reason.isEmpty { reason = text }
            }
        }
    }
}
