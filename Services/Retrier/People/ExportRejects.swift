import CommandLines
import JSONText
import Reporting

/// `retrier export`: what a person needs to mend the sheet, as a file for a spreadsheet program.
struct ExportRejects: ReportedCommand {
    static let name = "export", summary = "Write what a person must mend at the source into a CSV file: row, cell, rule and what to do; no values"
    static let examples = [
        (command: "retrier export --rejects rejects.csv", purpose: "all pipelines, for Excel or Google Sheets"),
        (command: "retrier export --rejects buyers.csv --pipeline buyers --force", purpose: "one pipeline, in place of an older file"),
        (command: "retrier export --rejects - | head", purpose: "to standard output"),
    ]

    @Option("the file to write; - is standard output, and the report then goes to standard error", value: "FILE.csv") var rejects: String
    @Option("only this pipeline", value: "NAME") var pipeline: String?
    @Flag("replace a file that is there") var force = false
    @Flag(jsonHelp) var json = false

    private var goesToOutput: Bool { rejects == "-" }

    func run() async throws -> ExitCode { try await run(output: goesToOutput ? .standardError : .standardOutput) }

    func report() async throws -> CommandReport {
        guard !rejects.isEmpty else { throw UsageError(problem: "--rejects is blank; expected a file, or - for standard output") }
        guard !goesToOutput else { return try report(at: Desk.open()) { bytes in try TextOutput.standardOutput.write(bytes) } }
        let file = try ResultFile(rejects, replacing: force)
        let report = try report(at: Desk.open()) { bytes in try file.write(bytes) }
        try file.finish()
        return report
    }

    func report(at desk: Desk, write: ([UInt8]) throws -> Void) throws -> CommandReport {
        var rows: Int64 = 0
        try write(CSVLine.byteOrderMark + CSVLine.bytes(Reject.header))
        try RejectQuery(pipeline: pipeline).run(in: desk.session) { page in
            try write(page.flatMap { CSVLine.bytes($0.cells) })
            rows += Int64(page.count)
        }
        let place = goesToOutput ? "standard output" : rejects
        return CommandReport(
            summary: "\(count(rows, "line")) written to \(place).", result: ["rows": jsonNumber(rows), "file": goesToOutput ? .null : .string(rejects)])
    }
}
