import JSONText
import Signing

/// The stand-ins' RSA key; one for the whole test process, as making one takes time.
enum StandInKey {
    static let id = "0123456789abcdef0123456789abcdef01234567"
    static let shared = Swift.Result<(pem: String, key: RSAPrivateKey), any Error> {
        let pem = try RSAPrivateKey.generatedPEM()
        return (pem, try RSAPrivateKey(pem: pem))
    }

    /// A key file as Google hands it out.
    static func file(clientEmail: String, tokenURI: String) throws -> [UInt8] {
        let pem = try shared.get().pem
        var json = JSONWriter()
        json.object {
            $0.member("type", "service_account")
            $0.member("project_id", "stand-in")
            $0.member("private_key_id", id)
            $0.member("private_key", pem)
            $0.member("client_email", clientEmail)
            $0.member("client_id", "100000000000000000001")
            $0.member("token_uri", tokenURI)
            $0.member("universe_domain", "googleapis.com")
        }
        return json.bytes
    }
}
