/// A signed token in the compact form of RFC 7519: header.claims.signature, each base64url without padding.
///
/// Google takes one in exchange for an access token (https://developers.google.com/identity/protocols/oauth2/service-account).
/// - Parameters:
///   - header: JSON; must say `"alg":"RS256"`.
///   - claims: JSON.
public func signedJSONWebToken(header: [UInt8], claims: [UInt8], key: RSAPrivateKey) throws(SigningError) -> String {
    let content = base64URL(header) + "." + base64URL(claims)
    return content + "." + base64URL(try key.signSHA256(Array(content.utf8)))
}

/// RFC 4648 section 5, without padding.
public func base64URL(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count * 4 + 2) / 3)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
        for place in 0...group.count { text.append(alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)]) }
    }
    return String(decoding: text, as: UTF8.self)
}

/// The bytes of unpadded base64url; nil when `text` is something else.
public func base64URLDecoded(_ text: some StringProtocol) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0, held = 0
    for character in text.utf8 {
        let value: UInt8
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): value = character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"): value = 62
        case UInt8(ascii: "_"): value = 63
        default: return nil
        }
        bits = bits << 6 | UInt32(value)
        held += 6
        if held >= 8 {
            held -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
        }
    }
    // What is left over is padding: fewer than six bits, all of them 0.
    return held < 6 && bits & ((1 << UInt32(held)) - 1) == 0 ? bytes : nil
}
