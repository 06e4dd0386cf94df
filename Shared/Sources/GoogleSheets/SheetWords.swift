import JSONText
import Text

/// Whether a text is the sheet's word for a cell it could not compute (ErrorType of the API, as shown; `Loading...` is a pending import).
/// The values API gives them as strings, so a person who types `#REF!` looks the same.
func isSheetError(_ text: ArraySlice<UInt8>) -> Bool {
    guard let first = text.first, first == UInt8(ascii: "#") || first == UInt8(ascii: "L"), text.count <= 10 else { return false }
    return errorWords.contains { $0.utf8.elementsEqual(text) }
}

private let errorWords = ["#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#ERROR!", "Loading..."]

/// The names of a spreadsheet's tabs, from `spreadsheets.get` with `fields=sheets.properties.title`.
func sheetTitles(_ body: [UInt8]) throws(JSONScan.Problem) -> [String] {
    let answer: JSONValue
    do { answer = try JSONValue(parsing: body) } catch { throw JSONScan.Problem(offset: error.offset, expected: "JSON") }
    guard case .object(let spreadsheet) = answer, case .array(let sheets)? = spreadsheet["sheets"] else {
        throw JSONScan.Problem(offset: 0, expected: "an object with sheets")
    }
    return sheets.compactMap { sheet in
        guard case .object(let sheet) = sheet, case .object(let properties)? = sheet["properties"], case .string(let title)? = properties["title"] else {
            return nil
        }
        return title
    }
}

/// The sentence for a tab that is not there.
func unknownTab(_ name: String, among tabs: [String]) -> String {
    let shown = tabs.prefix(30).map { "`\($0)`" }.joined(separator: ", ") + (tabs.count > 30 ? " and \(tabs.count - 30) more" : "")
    let hint = nearest(name, in: tabs).map { " Did you mean `\($0)`?" } ?? ""
    return "there is no tab of exactly this name; the spreadsheet has \(shown).\(hint)"
}
