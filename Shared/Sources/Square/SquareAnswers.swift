import HTTPClient
import JSONText

/// What Square means by its answers (https://developer.squareup.com/docs/build-basics/general-considerations/handling-errors).
struct SquareAnswers: Sendable {
    /// The place in a listing is no longer known there; the listing can be begun again.
    struct CursorRefused: Error {}

    let endpoint: String
    let tokenSetting: String

    func meaning(_ response: HTTPResponse, _ place: String) -> AnswerMeaning {
        if let plain = plainMeaning(response) { return plain }
        // Two changes of one seller's data met; Square's own programs ask again.
        if response.status == 409 { return .again(.trouble, "answered 409") }
        return .refused(refusal(SquareRefusal(response), response.status, place))
    }

    private func refusal(_ refusal: SquareRefusal, _ status: Int, _ place: String) -> any Error {
        guard refusal.isFromAPI else {
            return SourceError(
                .unusable, place: place,
                "\(endpoint) answered \(status) with something that is not the Square API; expected https://connect.squareup.com or nothing as endpoint")
        }
        switch status {
        case 400 where refusal.isAboutCursor: return CursorRefused()
        case 401:
            return SourceError(.refused, place: place, "Square refused the access token (\(refusal.code)); put a token that is good into \(tokenSetting)")
        case 403:
            return SourceError(
                .refused, place: place,
                "the access token may not read this (\(refusal.code)); it needs MERCHANT_PROFILE_READ, ITEMS_READ, INVENTORY_READ, ORDERS_READ, "
                    + "PAYMENTS_READ and VENDOR_READ; put a token that has them into \(tokenSetting)")
        default: return SourceError(.unusable, place: place, "Square answered \(status) \(refusal.code): \(refusal.detail)")
        }
    }
}

/// An error of Square's: `{"errors":[{"category","code","detail","field"}]}`.
struct SquareRefusal {
    private(set) var isFromAPI = false
    private(set) var code = ""
    private(set) var detail = ""
    private var field = ""

    /// By the code, or by the field it is about: which of the two a refused cursor has is not written anywhere.
    var isAboutCursor: Bool { code == "INVALID_CURSOR" || field == "cursor" }

    init(_ response: HTTPResponse) {
        guard case .object(let answer)? = try? JSONValue(parsing: response.body), case .array(let errors)? = answer["errors"],
            case .object(let error)? = errors.first
        else { return }
        func text(_ name: String) -> String { if case .string(let text)? = error[name] { String(text.prefix(300)) } else { "" } }
        isFromAPI = true
        (code, detail, field) = (text("code"), text("detail"), text("field"))
    }
}
