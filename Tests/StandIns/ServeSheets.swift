import CommandLines
import FoundationEssentials
import JSONText
import Lifecycle
import Reporting
import SampleData
import TestSupport

/// `standins sheets`: a Google Sheets on this machine until it is stopped.
struct ServeSheets: Command {
    static let name = "sheets", summary = "Serve a sample spreadsheet as Google Sheets would, until stopped"
    static let examples = [
        (command: "standins sheets --sheet buyers", purpose: "the buyers of the demo"),
        (command: "standins sheets --buyers 100 --fault 429 --fault 503", purpose: "a small sheet whose first two reads fail"),
    ]

    /// The sample spreadsheets there are.
    enum Sheet: String, CommandValue, CaseIterable { case buyers }
    /// What the next reads meet.
    enum Fault: String, CommandValue, CaseIterable {
        case quota = "429"
        case internalError = "500"
        case unavailable = "503"
        case cut, shortened, html
        case serviceDisabled = "service-disabled"

        var fault: SheetsFault {
            switch self {
            case .quota: .status(429, retryAfterSeconds: 1)
            case .internalError: .status(500)
            case .unavailable: .status(503)
            case .cut: .cut(afterBytes: 1000)
            case .shortened: .shortened(toBytes: 1000)
            case .html: .htmlNotFound
            case .serviceDisabled: .serviceDisabled
            }
        }
    }

    @Option("the spreadsheet to serve") var sheet: Sheet = .buyers
    @Option("makes the content; the same seed, the same bytes") var seed: Int = 1
    @Option("how many buyers there are; all 4,137 unless told otherwise", value: "COUNT") var buyers: Int?
    @Option("the port; 0 takes a free one") var port: Int = 0
    @Option("where to put the key file of the service account; a temporary folder unless told otherwise", value: "PATH") var directory: String?
    @Option("what the next read meets; may be given again for the one after it") var fault: [Fault] = []
    @Option("reads a minute before 429; Google's quota is 60", value: "COUNT") var quota: Int = 60

    func run() async throws -> ExitCode {
        guard let port = UInt16(exactly: port), quota > 0, buyers ?? 1 > 0, let seed = UInt64(exactly: seed) else {
            throw UsageError(problem: "expected --port in 0...65535, --quota and --buyers above 0 and --seed from 0")
        }
        let sample = SampleSheet.buyers(seed: seed, count: buyers ?? SampleSheet.buyersCount)
        let google = try SheetsStandIn([sample.grid], port: port, readsPerMinute: quota, folder: directory)
        for fault in fault { google.fail(fault.fault) }
        try TextOutput.standardOutput.write(ready(google))
        let signal = try await ServiceRun([StandInService { await google.stop() }]).run()
        return signal.map { ExitCode(rawValue: 128 + $0) } ?? .success
    }

    /// One line of JSON with all that a pipeline needs; it is there when the stand-in answers.
    private func ready(_ google: SheetsStandIn) -> String {
        var json = JSONWriter()
        json.object {
            $0.member("url", google.url)
            $0.member("tokenUri", google.tokenURI)
            $0.member("spreadsheet", google.spreadsheet)
            $0.member("tab", SampleSheet.tab)
            $0.member("credentials", google.credentialsFile)
        }
        return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }
}
