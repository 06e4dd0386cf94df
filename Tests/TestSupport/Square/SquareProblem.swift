import HTTPServer
import JSONText

/// A refusal in Square's shape (https://developer.squareup.com/docs/build-basics/general-considerations/handling-errors).
struct SquareProblem: Error {
    var status = 400
    var category = "INVALID_REQUEST_ERROR"
    var code: String
    var detail: String
    var field: String?

    static func badRequest(_ detail: String, field: String? = nil) -> SquareProblem { SquareProblem(code: "BAD_REQUEST", detail: detail, field: field) }
    static let invalidCursor = SquareProblem(code: "INVALID_CURSOR", detail: "The pagination cursor is invalid.", field: "cursor")
    static let notFound = SquareProblem(status: 404, code: "NOT_FOUND", detail: "Resource not found.")

    static func unauthorized(_ code: String) -> SquareProblem {
        SquareProblem(status: 401, category: "AUTHENTICATION_ERROR", code: code, detail: "This request could not be authorized.")
    }

    /// What may pass: 409, 429 and 5xx.
    static func trouble(_ status: Int) -> SquareProblem {
        switch status {
        case 409: SquareProblem(status: 409, code: "CONFLICT", detail: "The request conflicts with another one.")
        case 429:
            SquareProblem(
                status: 429, category: "RATE_LIMIT_ERROR", code: "RATE_LIMITED", detail: "This request was rate limited. Please retry later.")
        case 503: SquareProblem(status: 503, category: "API_ERROR", code: "SERVICE_UNAVAILABLE", detail: "The service is unavailable.")
        case 504: SquareProblem(status: 504, category: "API_ERROR", code: "GATEWAY_TIMEOUT", detail: "The gateway timed out.")
        default: SquareProblem(status: status, category: "API_ERROR", code: "INTERNAL_SERVER_ERROR", detail: "An internal error has occurred.")
        }
    }

    var answer: ServerResponse {
        var json = JSONWriter()
        json.object { json in
            json.array("errors") { errors in
                errors.object { error in
                    error.member("category", category)
                    error.member("code", code)
                    error.member("detail", detail)
                    if let field { error.member("field", field) }
                }
            }
        }
        return ServerResponse(status: status, headers: ServerHeaders([("Content-Type", "application/json")]), body: .bytes(json.bytes))
    }
}
