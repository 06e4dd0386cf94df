import HTTPClient

/// What an API's answer means for the request; each API has a function that tells, since one means by 403 what another means by 429.
enum AnswerMeaning: Sendable {
    /// The body is what was asked for.
    case answer
    /// The same request may succeed a little later. The sentence goes on after the API's name: `answered 503`.
    case again(RetryPause.Cause, String)
    /// Asking again cannot help; the error is for whoever asked.
    case refused(any Error)
}

/// The meaning that HTTP itself gives to statuses that are no API's own: nil for one that the API must explain.
func plainMeaning(_ response: HTTPResponse) -> AnswerMeaning? {
    switch response.status {
    case 200: .answer
    case 429: .again(.quota, "answered 429")
    case 408, 500...599: .again(.trouble, "answered \(response.status)")
    default: nil
    }
}
