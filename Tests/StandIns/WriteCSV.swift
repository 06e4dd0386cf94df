import CommandLines
import Foundation
import SampleData

/// Writes invented data as CSV, for benchmarks and for trying a pipeline.
struct WriteCSV: Command {
    static let name = "csv", summary = "Write invented rows as CSV to standard output, the same ones for a seed everywhere"
    static let examples = [
        (command: "standins csv --rows 200000 --columns 45 --seed 1 > wide.csv", purpose: "a table to measure with"),
        (command: "standins csv --sheet buyers --seed 1 > buyers.csv", purpose: "the buyers spreadsheet of the demo"),
        (command: "standins csv --sheet buyers --encoding utf-16le --line-break crlf > buyers.csv", purpose: "as Excel saves Unicode text"),
    ]

    @Option("how many rows the table has") var rows = 1_000
    @Option("how many columns the table has") var columns = 45
    @Option("what the invention starts from") var seed = 1
    @Option("of the same table: every row of another edition differs in one column") var edition = 0
    @Option("instead of a table, a sheet: buyers") var sheet: String?
    @Option("utf-8, utf-8-mark, utf-16le or utf-16be; for sheets") var encoding = "utf-8"
    @Option("lf, crlf or cr; for sheets") var lineBreak = "lf"

    func run() async throws -> ExitCode {
        guard seed >= 0 else { throw UsageError(problem: "--seed is \(seed); expected 0 or more") }
        guard let sheet else {
            guard rows >= 0, columns >= 2 else { throw UsageError(problem: "--rows \(rows) --columns \(columns); expected at least 0 and 2") }
            try SampleTable(rows: rows, columns: columns, seed: UInt64(seed), edition: edition).writeCSV(write)
            return .success
        }
        guard sheet == "buyers" else { throw UsageError(problem: "--sheet is \(sheet); expected buyers") }
        var text = CSVText()
        text.encoding = try chosen(
            encoding, "--encoding", [("utf-8", .utf8), ("utf-8-mark", .utf8WithMark), ("utf-16le", .utf16le), ("utf-16be", .utf16be)])
        text.lineBreak = try chosen(lineBreak, "--line-break", [("lf", .lf), ("crlf", .crlf), ("cr", .cr)])
        try write(try text.bytes(SampleSheet.buyers(seed: UInt64(seed)).grid))
        return .success
    }

    private func write(_ bytes: [UInt8]) throws { try FileHandle.standardOutput.write(contentsOf: Data(bytes)) }

    private func chosen<Choice>(_ word: String, _ option: String, _ choices: [(String, Choice)]) throws -> Choice {
        guard let found = choices.first(where: { $0.0 == word }) else {
            throw UsageError(problem: "\(option) is \(word); expected \(choices.map(\.0).joined(separator: ", "))")
        }
        return found.1
    }
}
