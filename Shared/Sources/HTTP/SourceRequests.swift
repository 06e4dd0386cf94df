import HTTPClient
import Synchronization

/// Asks an API over HTTP: with a token, within the quota, again where that helps, and never where it does not.
///
/// Everything an API has of its own is in `meaning`. All requests here only read, so sending one twice is never wrong.
struct SourceRequests: Sendable {
    /// What differs between APIs.
    struct API: Sendable {
        /// For sentences: `Google Sheets`.
        var name: String
        /// Before every path: `https://sheets.googleapis.com`.
        var endpoint: String
        /// Sent with every request, besides the token: `Square-Version`.
        var headers: [HTTPHeader] = []
        /// What to do about an answer larger than `bodyBytesMax`; goes on after the number of bytes.
        var tooLarge: String
        /// What an answer means. A 401 comes here only when no other token can be had.
        /// - Parameter place: for the errors it makes.
        var meaning: @Sendable (_ response: HTTPResponse, _ place: String) -> AnswerMeaning
    }

    /// The bounds of one request (invariant 11).
    struct Bounds: Sendable {
        var secondsMax = 180
        /// The largest answer taken, unpacked.
        var bodyBytesMax = 256 * 1024 * 1024
    }

    let session: HTTPSession
    let credential: any Credential
    let quota: RequestQuota
    let clock: SourceClock
    let api: API
    var bounds = Bounds()
    /// For errors: what of the source is being asked for.
    var place: String
    /// Counts what is sent.
    var tally = RequestTally()

    /// The same way to the same API, with another word for what is asked for and a tally of its own.
    func at(_ place: String) -> SourceRequests {
        var requests = self
        (requests.place, requests.tally) = (place, RequestTally())
        return requests
    }

    /// Sends a GET and reads its answer; an answer that `read` finds broken was cut on the way and is asked for again.
    func get<Answer>(_ path: String, _ read: ([UInt8]) throws(JSONScan.Problem) -> Answer) async throws -> Answer {
        try await send(HTTPRequest("GET", api.endpoint + path, headers: api.headers), read)
    }

    /// Sends a POST with a body of JSON; else as `get`.
    func post<Answer>(_ path: String, _ json: [UInt8], _ read: ([UInt8]) throws(JSONScan.Problem) -> Answer) async throws -> Answer {
        let type = HTTPHeader("Content-Type", "application/json")
        var request = HTTPRequest("POST", api.endpoint + path, headers: api.headers + [type], body: json)
        request.mayRepeat = true  // It asks for rows; a pooled connection that died may be replaced unasked.
        return try await send(request, read)
    }

    private func send<Answer>(_ unsigned: HTTPRequest, _ read: ([UInt8]) throws(JSONScan.Problem) -> Answer) async throws -> Answer {
        var request = unsigned
        request.bodyBytesMax = bounds.bodyBytesMax
        request.totalMilliseconds = bounds.secondsMax * 1000
        request.silenceSecondsMax = bounds.secondsMax  // A server is silent while it computes a large answer.
        var tries = 0
        var hasRenewed = false
        while true {
            tries += 1
            try await quota.take()
            tally.add()
            let token = try await credential.token()
            request.headers = unsigned.headers + [HTTPHeader("Authorization", "Bearer \(token)")]
            var cause = RetryPause.Cause.trouble
            var retryAfterSeconds: Int?
            let trouble: String
            do {
                let response = try await session.send(request)
                if response.status == 401, !hasRenewed, await credential.renew(token) {
                    // A token can be revoked before it is old. Once: a second refusal is about the account.
                    hasRenewed = true
                    tries -= 1
                    continue
                }
                switch api.meaning(response, place) {
                case .answer:
                    do { return try read(response.body) } catch {
                        trouble = "sent an answer that is not whole: expected \(error.expected) at byte \(error.offset)"
                    }
                case .again(let why, let sentence):
                    cause = why
                    retryAfterSeconds = retryAfter(response.head, now: clock.unixSeconds())
                    trouble = sentence + (retryAfterSeconds.map { " and asked to wait \($0) seconds" } ?? "")
                case .refused(let error): throw error
                }
            } catch let error as TransferError {
                guard error.mayPass else { throw lasting(error) }
                trouble = "could not be reached: \(error)"
            }
            let pause = RetryPause.before(nextAfter: tries, cause, retryAfterSeconds: retryAfterSeconds, random: clock.random())
            guard let pause else {
                throw SourceError(.unreachable, place: place, "\(api.name) \(trouble); given up after \(tries == 1 ? "1 try" : "\(tries) tries")")
            }
            try await clock.sleep(pause)
        }
    }

    private func lasting(_ error: TransferError) -> SourceError {
        guard error.code == "BODY_TOO_LARGE" else { return SourceError(.unreachable, place: place, "\(error)") }
        return SourceError(.unusable, place: place, "the answer is larger than \(bounds.bodyBytesMax) bytes; \(api.tooLarge)")
    }
}

/// How many requests were sent for one thing; tries count each.
final class RequestTally: Sendable {
    private let requests = Atomic<Int>(0)

    var count: Int { requests.load(ordering: .relaxed) }
    func add() { requests.add(1, ordering: .relaxed) }
}
