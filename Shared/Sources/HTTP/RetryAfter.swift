import HTTPClient

/// What `Retry-After` asks for, in seconds: a number or a date (RFC 9110 section 10.2.3).
func retryAfter(_ head: HTTPHead, now: Int) -> Int? {
    guard let text = head.first("Retry-After") else { return nil }
    return Int(text).map { max(0, $0) } ?? unixSeconds(ofHTTPDate: text).map { max(0, $0 - now) }
}
