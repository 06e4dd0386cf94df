import HTTPClient
import JSONText

/// Asks the Sheets API: with a token, within the quota, again where that helps, and never where it does not
/// (https://developers.google.com/workspace/sheets/api/troubleshoot-api-errors).
struct SheetsRequests: Sendable {
    /// The API understood us and said no; the caller knows what was asked and can say what that means.
    struct BadRequest: Error { let message: String }

    let session: HTTPSession
    let tokens: AccessTokens
    let quota: RequestQuota
    let access: GoogleSheetsAccess
    let endpoint: String
    let clientEmail: String
    /// For errors: which spreadsheet and tab.
    let place: String

    /// Sends a GET and reads its answer; an answer that `read` finds broken was cut on the way and is asked for again.
    func get<Answer>(_ path: String, _ read: ([UInt8]) throws(JSONScan.Problem) -> Answer) async throws -> Answer {
        var tries = 0
        var hasRenewed = false
        while true {
            tries += 1
            try await quota.take()
            let token = try await tokens.token()
            var cause = RetryPause.Cause.trouble
            var retryAfterSeconds: Int?
            let trouble: String
            do {
                let response = try await session.send(request(path, token))
                switch response.status {
                case 200:
                    do { return try read(response.body) } catch {
                        trouble = "sent an answer that is not whole: expected \(error.expected) at byte \(error.offset)"
                    }
                case 401 where !hasRenewed:
                    // A token can be revoked before it is old. Once: a second refusal is about the account.
                    hasRenewed = true
                    tries -= 1
                    await tokens.drop(token)
                    continue
                case 429, 500...599:
                    if response.status == 429 { cause = .quota }
                    retryAfterSeconds = retryAfter(response.head, now: access.clock.unixSeconds())
                    trouble = "answered \(response.status)" + (retryAfterSeconds.map { " and asked to wait \($0) seconds" } ?? "")
                default: throw refusal(SheetsRefusal(response), response)
                }
            } catch let error as TransferError {
                guard error.mayPass else { throw lasting(error) }
                trouble = "could not be reached: \(error)"
            }
            let pause = RetryPause.before(nextAfter: tries, cause, retryAfterSeconds: retryAfterSeconds, random: access.clock.random())
            guard let pause else {
                throw SourceError(.unreachable, place: place, "Google Sheets \(trouble); given up after \(tries == 1 ? "1 try" : "\(tries) tries")")
            }
            try await access.clock.sleep(pause)
        }
    }

    private func request(_ path: String, _ token: String) -> HTTPRequest {
        var request = HTTPRequest("GET", endpoint + path, headers: [HTTPHeader("Authorization", "Bearer \(token)")])
        request.bodyBytesMax = access.bodyBytesMax
        request.totalMilliseconds = access.requestSecondsMax * 1000
        request.silenceSecondsMax = access.requestSecondsMax  // Google is silent while it computes a large answer.
        return request
    }

    private func lasting(_ error: TransferError) -> SourceError {
        guard error.code == "BODY_TOO_LARGE" else { return SourceError(.unreachable, place: place, "\(error)") }
        return SourceError(.unusable, place: place, "the tab's answer is larger than \(access.bodyBytesMax) bytes; delete what is not needed, or split the tab")
    }

    private func refusal(_ refusal: SheetsRefusal, _ response: HTTPResponse) -> any Error {
        guard refusal.isFromAPI else {
            return SourceError(
                .unusable, place: place,
                "\(endpoint) answered \(response.status) with something that is not the Sheets API; expected https://sheets.googleapis.com or nothing as endpoint"
            )
        }
        switch response.status {
        case 400: return BadRequest(message: refusal.message)
        case 401: return SourceError(.refused, place: place, "a new access token was refused too; is the service account \(clientEmail) disabled?")
        case 403 where refusal.reason == "SERVICE_DISABLED":
            return SourceError(.refused, place: place, "the Google Sheets API is not enabled in the service account's project; enable it in Google Cloud")
        case 403:
            return SourceError(.refused, place: place, "the service account may not read it; share the spreadsheet with \(clientEmail) as viewer")
        case 404: return SourceError(.unusable, place: place, "there is no such spreadsheet; expected the id between /d/ and /edit of its address")
        default: return SourceError(.unusable, place: place, "the Sheets API answered \(response.status) \(refusal.status): \(refusal.message)")
        }
    }
}

/// An error of Google's APIs: `{"error":{"code","message","status","details":[{"reason"}]}}`.
struct SheetsRefusal {
    var isFromAPI = false
    var status = ""
    var reason = ""
    var message = ""

    init(_ response: HTTPResponse) {
        guard case .object(let answer)? = try? JSONValue(parsing: response.body), case .object(let error)? = answer["error"] else { return }
        isFromAPI = true
        if case .string(let text)? = error["status"] { status = text }
        if case .string(let text)? = error["message"] { message = String(text.prefix(300)) }
        guard case .array(let details)? = error["details"] else { return }
        for case .object(let detail) in details {
            if case .string(let text)? = detail["reason"] { reason = text }
        }
    }
}

/// What `Retry-After` asks for, in seconds: a number or a date (RFC 9110 section 10.2.3).
func retryAfter(_ head: HTTPHead, now: Int) -> Int? {
    guard let text = head.first("Retry-After") else { return nil }
    return Int(text).map { max(0, $0) } ?? unixSeconds(ofHTTPDate: text).map { max(0, $0 - now) }
}
