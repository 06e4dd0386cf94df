import HTTPClient
import JSONText
import Signing

/// Exchanges the service account's signature for access tokens and keeps one until it is nearly old
/// (https://developers.google.com/identity/protocols/oauth2/service-account).
actor AccessTokens: Credential {
    /// What the tokens are for.
    enum Purpose: Sendable {
        case sheets, bigQuery

        /// The least that lets one read (https://developers.google.com/identity/protocols/oauth2/scopes). Jobs of BigQuery may be run with the
        /// read-only scope of the whole platform, and not with `bigquery.readonly` (rest/v2/jobs/query, authorization scopes).
        var scope: String {
            switch self {
            case .sheets: "https://www.googleapis.com/auth/spreadsheets.readonly"
            case .bigQuery: "https://www.googleapis.com/auth/cloud-platform.read-only"
            }
        }
        var api: String { self == .sheets ? "Sheets API" : "BigQuery API" }
    }

    private struct Token {
        let text: String
        let staleAt: Duration
    }

    /// A token is not used in its last minutes: a long answer may outlive them.
    private static let spareSeconds = 300
    /// Google asks for this constant even when the token is fetched elsewhere, as its own libraries do.
    private static let audience = "https://oauth2.googleapis.com/token"

    private let key: ServiceAccountKey
    private let purpose: Purpose
    private let session: HTTPSession
    private let clock: SourceClock
    private var kept: Token?

    init(_ key: ServiceAccountKey, for purpose: Purpose, _ session: HTTPSession, _ clock: SourceClock) {
        (self.key, self.purpose, self.session, self.clock) = (key, purpose, session, clock)
    }

    func token() async throws -> String {
        if let kept, clock.elapsed() < kept.staleAt { return kept.text }
        let token = try await exchange()
        kept = token
        return token.text
    }

    /// Forgets the token, unless another has taken its place already.
    func renew(_ refused: String) -> Bool {
        if kept?.text == refused { kept = nil }
        return true
    }

    private func exchange() async throws -> Token {
        var tries = 0
        while true {
            tries += 1
            let trouble: (sentence: String, retryAfterSeconds: Int?)
            do {
                let response = try await session.send(try request())
                switch response.status {
                case 200: return try token(in: response.body)
                case 429, 500...: trouble = ("answered \(response.status)", retryAfter(response.head, now: clock.unixSeconds()))
                default: throw refusal(response)
                }
            } catch let error as TransferError {
                guard error.mayPass else { throw SourceError(.unreachable, place: place, "\(error)") }
                trouble = ("\(error)", nil)
            }
            let pause = RetryPause.before(nextAfter: tries, .trouble, retryAfterSeconds: trouble.retryAfterSeconds, random: clock.random())
            guard let pause else { throw SourceError(.unreachable, place: place, "gave no token in \(tries) tries; the last one \(trouble.sentence)") }
            try await clock.sleep(pause)
        }
    }

    private var place: String { "token service of Google account \(key.clientEmail)" }

    private func request() throws -> HTTPRequest {
        let now = clock.unixSeconds()
        var header = JSONWriter(), claims = JSONWriter()
        header.object {
            $0.member("alg", "RS256")
            $0.member("kid", key.keyID)
            $0.member("typ", "JWT")
        }
        claims.object {
            $0.member("iss", key.clientEmail)
            $0.member("scope", purpose.scope)
            $0.member("aud", Self.audience)
            $0.member("iat", now)
            $0.member("exp", now + 3600)  // The longest that Google allows.
        }
        let assertion = try signedJSONWebToken(header: header.bytes, claims: claims.bytes, key: key.privateKey)
        let form = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(assertion)"
        let type = HTTPHeader("Content-Type", "application/x-www-form-urlencoded")
        var request = HTTPRequest("POST", key.tokenURI, headers: [type], body: Array(form.utf8))
        request.bodyBytesMax = 64 * 1024
        return request
    }

    private func token(in body: [UInt8]) throws -> Token {
        guard case .object(let answer)? = try? JSONValue(parsing: body), case .string(let text)? = answer["access_token"],
            !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw SourceError(.unreachable, place: place, "answered without an access token; is token_uri in the key file right?") }
        var seconds = 3600
        if case .number(let digits)? = answer["expires_in"] { seconds = Int(digits) ?? seconds }
        return Token(text: text, staleAt: clock.elapsed() + .seconds(max(0, seconds - Self.spareSeconds)))
    }

    /// Google's word for what was wrong, with what a person can do about it.
    private func refusal(_ response: HTTPResponse) -> SourceError {
        var word = "HTTP \(response.status)"
        if case .object(let answer)? = try? JSONValue(parsing: response.body), case .string(let error)? = answer["error"] { word = "\(error.prefix(80))" }
        guard word == "invalid_grant" else {
            return SourceError(.refused, place: place, "refused the service account: \(word); is the key of a service account with the \(purpose.api) enabled?")
        }
        if let theirs = response.head.first("Date").flatMap(unixSeconds(ofHTTPDate:)), abs(clock.unixSeconds() - theirs) > 300 {
            let minutes = abs(clock.unixSeconds() - theirs) / 60
            let direction = clock.unixSeconds() > theirs ? "ahead of" : "behind"
            return SourceError(
                .refused, place: place,
                "refused the signature (invalid_grant): this machine's clock is \(minutes) minutes \(direction) Google's; set the clock, e.g. by NTP")
        }
        return SourceError(
            .refused, place: place,
            "refused the signature (invalid_grant): the key \(key.keyID.prefix(12)) was deleted, disabled or replaced; download a new key from Google Cloud")
    }
}
