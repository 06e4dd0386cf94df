import FoundationEssentials
import HTTPClient
import JSONText
import Signing

/// A Google service account, read from the key file that Google Cloud hands out (IAM & Admin, Service accounts, Keys, JSON).
struct ServiceAccountKey: Sendable {
    /// Whom a sheet must be shared with.
    let clientEmail: String
    let keyID: String
    /// Where tokens are handed out.
    let tokenURI: String
    let privateKey: RSAPrivateKey

    /// - Parameter allowsAnyTokenURI: True when the API itself is asked somewhere else than at Google, as tests do.
    ///   Otherwise a forged key file could have the signed assertion sent elsewhere.
    init(path: String, allowsAnyTokenURI: Bool) throws(SourceError) {
        func unusable(_ problem: String) -> SourceError { SourceError(.unusable, place: "service account key \(path)", problem) }
        let bytes = try Self.read(path)
        let object: JSONObject
        do {
            guard case .object(let found) = try JSONValue(parsing: bytes) else { throw unusable("expected a JSON object") }
            object = found
        } catch let error as JSONError {
            throw unusable("is not JSON (\(error)); expected the key file as Google Cloud handed it out")
        } catch {
            throw unusable("expected a JSON object; download a new key from Google Cloud")
        }
        func field(_ name: String) throws(SourceError) -> String {
            guard case .string(let text)? = object[name], !text.isEmpty else {
                throw unusable("has no text \"\(name)\"; expected the key file as Google Cloud handed it out")
            }
            return text
        }
        let type = try field("type")
        guard type == "service_account" else {
            throw unusable("has type \"\(type.prefix(40))\"; expected \"service_account\" (a key of a service account, not of a person or an OAuth client)")
        }
        for name in ["client_email", "private_key_id", "token_uri"] {
            // Pasted through a shell or a form, a value can end in CR or LF, which people do not see.
            guard try field(name).utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
                throw unusable("has a space, a line break or another control character in \"\(name)\"; download the file again instead of pasting it")
            }
        }
        (clientEmail, keyID, tokenURI) = (try field("client_email"), try field("private_key_id"), try field("token_uri"))
        guard let origin = WebOrigin(tokenURI), origin.scheme == "https" || origin.isLoopback else {
            throw unusable("has a token_uri that is no https address")
        }
        guard allowsAnyTokenURI || origin.scheme == "https" && (origin.host == "googleapis.com" || origin.host.hasSuffix(".googleapis.com")) else {
            throw unusable("has a token_uri at \(origin.host); expected oauth2.googleapis.com, or an endpoint in the pipeline that is not Google's either")
        }
        do {
            // Environment files and shells often leave the two characters `\n` where the key has line breaks.
            privateKey = try RSAPrivateKey(pem: try field("private_key").split(separator: "\\n", omittingEmptySubsequences: false).joined(separator: "\n"))
        } catch let error as SigningError {
            throw unusable("\(error.message); download a new key from Google Cloud")
        } catch {
            throw unusable("has no text \"private_key\"; expected the key file as Google Cloud handed it out")
        }
    }

    private static func read(_ path: String) throws(SourceError) -> [UInt8] {
        func unusable(_ problem: String) -> SourceError { SourceError(.unusable, place: "service account key \(path)", problem) }
        var isDirectory: Bool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw unusable("no such file; set `credentials:` in the pipeline or GOOGLE_APPLICATION_CREDENTIALS to the path of the key file")
        }
        guard !isDirectory else { throw unusable("is a folder; expected the JSON file with the key") }
        guard let handle = FileManager.default.contents(atPath: path) else { throw unusable("may not be read by this user") }
        guard handle.count <= 64 * 1024 else { throw unusable("has \(handle.count) bytes; a key file has some 2,400") }
        return [UInt8](handle)
    }
}
