import HTTPClient

/// What the Sheets API means by its answers (https://developers.google.com/workspace/sheets/api/troubleshoot-api-errors).
struct SheetsAnswers: Sendable {
    /// The API understood us and said no; the caller knows what was asked and can say what that means.
    struct BadRequest: Error { let message: String }

    let endpoint: String
    let clientEmail: String

    func meaning(_ response: HTTPResponse, _ place: String) -> AnswerMeaning {
        plainMeaning(response) ?? .refused(refusal(GoogleRefusal(response), response, place))
    }

    private func refusal(_ refusal: GoogleRefusal, _ response: HTTPResponse, _ place: String) -> any Error {
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
