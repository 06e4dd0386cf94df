import HTTPClient

/// BigQuery understood us and said no, for good.
struct BigQueryRefusal: Error {
    /// One of https://cloud.google.com/bigquery/docs/error-messages#errortable: what decides, where the status alone would not.
    let reason: String
    let error: SourceError
}

/// A job that came to nothing through no fault of the query: another job with another id may succeed, the old one repeats its error
/// (https://cloud.google.com/bigquery/docs/error-messages, jobBackendError).
struct JobLost: Error { let why: String }

/// What BigQuery means by its answers.
struct BigQueryAnswers: Sendable {
    let endpoint: String
    let clientEmail: String
    let location: String

    func meaning(_ response: HTTPResponse, _ place: String) -> AnswerMeaning {
        if response.status == 200 { return .answer }
        let refusal = GoogleRefusal(response)
        switch refusal.reason {
        case "rateLimitExceeded": return .again(.quota, "answered \(response.status) rateLimitExceeded")
        case "backendError", "internalError", "tableUnavailable": return .again(.trouble, "answered \(response.status) \(refusal.reason)")
        case "jobBackendError", "jobInternalError", "jobRateLimitExceeded": return .refused(JobLost(why: "it ended with \(refusal.reason)"))
        default:
            if let plain = plainMeaning(response) { return plain }
            return .refused(BigQueryRefusal(reason: refusal.reason, error: error(refusal, response, place)))
        }
    }

    private func error(_ refusal: GoogleRefusal, _ response: HTTPResponse, _ place: String) -> SourceError {
        func error(_ kind: SourceError.Kind, _ problem: String) -> SourceError { SourceError(kind, place: place, problem) }
        guard refusal.isFromAPI else {
            return error(
                .unusable,
                "\(endpoint) answered \(response.status) with something that is not BigQuery; expected https://bigquery.googleapis.com or nothing as endpoint")
        }
        let told = BigQueryAnswers.told(refusal)
        switch (response.status, refusal.reason) {
        case (401, _): return error(.refused, "a new access token was refused too; is the service account \(clientEmail) disabled?")
        case (_, "accessNotConfigured"), (_, "SERVICE_DISABLED"):
            return error(.refused, "the BigQuery API is not enabled in the project; enable it in Google Cloud")
        case (_, "accessDenied"):
            return error(
                .refused,
                "the service account \(clientEmail) may not read it (\(told)); give it BigQuery Data Viewer on the data set and BigQuery Job User on the project"
            )
        case (_, "quotaExceeded"), (_, "billingTierLimitExceeded"), (_, "blocked"):
            return error(.unreachable, "the project's quota is used up (\(told)); wait for it to come back, or have it raised in Google Cloud")
        case (404, _):
            return error(
                .unusable,
                "nothing of that name in location \(location) (\(told)); correct the name, or `location:`, which must be the data set's own; no other is tried")
        case (_, "invalidQuery"): return error(.unusable, "BigQuery cannot run the query (\(told)); correct it in the pipeline file")
        case (_, "resourcesExceeded"), (_, "responseTooLarge"), (_, "timeout"):
            return error(.unusable, "the query asks for too much (\(told)); narrow it: fewer columns, a shorter time")
        default: return error(.unusable, "BigQuery answered \(response.status) (\(told))")
        }
    }

    /// The reason with what Google says of it: `notFound: Dataset p:d was not found in location US`.
    private static func told(_ refusal: GoogleRefusal) -> String {
        let reason = refusal.reason.isEmpty ? refusal.status : refusal.reason
        var message = withoutValues(refusal.message)[...]
        for opening in ["Not found: ", "Access Denied: ", "Quota exceeded: "] where message.hasPrefix(opening) { message = message.dropFirst(opening.count) }
        while message.last == "." { message = message.dropLast() }
        return message.isEmpty ? reason : "\(reason): \(message)"
    }

    /// Google's sentence, if it can only name things; of others what stands before the first colon, since a value may follow (invariant 10):
    /// `Bad int64 value: name@example.com`.
    static func withoutValues(_ message: String) -> String {
        let names = [
            "Not found:", "Access Denied:", "Syntax error:", "Unrecognized name:", "Table ", "Quota exceeded:", "Exceeded rate limits:",
            "No matching signature",
        ]
        if names.contains(where: { message.hasPrefix($0) }) { return message }
        return String(message.prefix { $0 != ":" && $0 != "'" && $0 != "\"" })
    }
}
