import FoundationEssentials
import Glibc
import HTTPServer
import JSONText
import Signing

/// The token service of a stand-in: RFC 7523 with Google's checks (https://developers.google.com/identity/protocols/oauth2/service-account).
struct StandInTokens: Sendable {
    /// Those that do.
    let scopes: [String]
    var faults: [SheetsFault] = []
    var issued = 0
    var refusesAll = false
    private var tokens: Set<String> = []

    init(scopes: [String]) { self.scopes = scopes }

    /// Every token handed out so far is worth nothing from now on.
    mutating func revoke() { tokens = [] }

    /// Whether the request bears a token that was handed out here.
    func admit(_ request: ServerRequest) -> Bool {
        let authorization = request.headers["Authorization"] ?? ""
        return authorization.hasPrefix("Bearer ") && tokens.contains(String(authorization.dropFirst(7))) && !refusesAll
    }

    mutating func answer(_ request: ServerRequest, _ clientEmail: String) -> ServerResponse {
        if !faults.isEmpty { return faults.removeFirst().answer(insteadOf: ServerResponse()) }
        guard request.method == "POST", request.headers["Content-Type"]?.hasPrefix("application/x-www-form-urlencoded") == true else {
            return oauthError("invalid_request", "POST a form.")
        }
        let form = ServerRequest.formItems(String(decoding: request.body, as: UTF8.self)) ?? []
        func field(_ name: String) -> String { form.first { $0.name == name }?.value ?? "" }
        guard field("grant_type") == "urn:ietf:params:oauth:grant-type:jwt-bearer" else { return oauthError("unsupported_grant_type", "Invalid grant_type.") }
        if let refusal = refusal(ofAssertion: field("assertion"), clientEmail) { return refusal }
        issued += 1
        let token = "ya29.stand-in-\(issued)"
        tokens.insert(token)
        return json(Array(#"{"access_token":"\#(token)","expires_in":3599,"token_type":"Bearer"}"#.utf8))
    }

    private func refusal(ofAssertion assertion: String, _ clientEmail: String) -> ServerResponse? {
        let parts = assertion.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = object(parts[0]), let claims = object(parts[1]), let signature = base64URLDecoded(parts[2]),
            header["alg"] == "RS256", header["kid"] == .string(StandInKey.id)
        else { return oauthError("invalid_request", "Bad JWT.") }
        // RS256 is deterministic: who holds the key checks a signature by making it again.
        guard case .success(let own) = StandInKey.shared, (try? own.key.signSHA256(Array("\(parts[0]).\(parts[1])".utf8))) == signature else {
            return oauthError("invalid_grant", "Invalid JWT Signature.")
        }
        guard claims["iss"] == .string(clientEmail) else { return oauthError("invalid_grant", "Invalid grant: account not found") }
        guard claims["aud"] == "https://oauth2.googleapis.com/token" else { return oauthError("invalid_grant", "Invalid JWT: Failed audience check.") }
        guard case .string(let scope)? = claims["scope"], scopes.contains(scope) else {
            return oauthError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        }
        let now = time(nil)
        guard case .number(let issued)? = claims["iat"], case .number(let ends)? = claims["exp"], let issued = Int(issued), let ends = Int(ends),
            abs(issued - now) <= 300, ends > now, ends - issued <= 3600
        else {
            return oauthError(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.")
        }
        return nil
    }

    private func object(_ part: Substring) -> JSONObject? {
        guard let bytes = base64URLDecoded(part), case .object(let object)? = try? JSONValue(parsing: bytes) else { return nil }
        return object
    }
}

private func oauthError(_ word: String, _ description: String) -> ServerResponse {
    var writer = JSONWriter()
    writer.object {
        $0.member("error", word)
        $0.member("error_description", description)
    }
    return ServerResponse(status: 400, headers: ServerHeaders([("Content-Type", "application/json")]), body: .bytes(writer.bytes))
}
