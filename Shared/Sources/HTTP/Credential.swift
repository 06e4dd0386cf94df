/// What proves to an API who asks: a bearer token, which may be one of many or the only one.
protocol Credential: Sendable {
    /// A token that is good for some minutes at least.
    func token() async throws -> String

    /// Called when the API refused a token.
    /// - Returns: whether `token` will give another one, so that asking again makes sense.
    func renew(_ refused: String) async -> Bool
}

/// A token that a person made and a setting holds; there is no other.
struct FixedToken: Credential {
    private let text: String

    /// - Throws: when the text cannot be a token. A setting that ends in CR or LF has caused outages that looked like a wrong password.
    /// - Parameter setting: where the token stands, for the error; its value is never told.
    init(_ text: String, setting: String, place: String) throws(SourceError) {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw SourceError(
                .unusable, place: place, "\(setting) is empty, or has a space, a line break or another sign that no token has; paste it anew, without quotes")
        }
        self.text = text
    }

    func token() async throws -> String { text }
    func renew(_ refused: String) async -> Bool { false }
}
