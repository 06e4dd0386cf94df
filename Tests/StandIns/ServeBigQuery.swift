import CommandLines
import JSONText
import Lifecycle
import Reporting
import TestSupport

/// `standins bigquery`: the vendors' warehouse on this machine until it is stopped.
struct ServeBigQuery: Command {
    static let name = "bigquery", summary = "Serve the vendors' four tables as BigQuery would, until stopped"
    static let examples = [
        (command: "standins bigquery", purpose: "the users' 11,948 vendors, 10,710 sign-ups, and 60,000 and 40,000 rows of orders and ratings"),
        (command: "standins bigquery --vendors 100 --deny fleek_hub.order_line_details", purpose: "a small one with a part that may not be read"),
    ]

    @Option("how many vendors there are", value: "COUNT") var vendors: Int = 11_948
    @Option("how many of them signed up through the application", value: "COUNT") var signUps: Int = 10_710
    @Option("sellers with orders in 90 days", value: "COUNT") var orders: Int = 60_000
    @Option("sellers with ratings", value: "COUNT") var ratings: Int = 40_000
    @Option("which values they hold; another version differs in every field") var version: Int = 1
    @Option("a table that may not be queried; may be given again", value: "TABLE") var deny: [String] = []
    @Option("at most so many rows a page; as many as fit into 10 MB unless told otherwise", value: "COUNT") var pageRows: Int?
    @Option("the port; 0 takes a free one") var port: Int = 0

    func run() async throws -> ExitCode {
        guard let port = UInt16(exactly: port), min(vendors, signUps, orders, ratings) >= 0, pageRows ?? 1 > 0 else {
            throw UsageError(problem: "expected --port in 0...65535, --page-rows above 0 and counts from 0")
        }
        let warehouse = VendorsWarehouse(vendors: vendors, signUps: signUps, orders: orders, ratings: ratings).at(version: version)
        let google = try BigQueryStandIn(warehouse.tables(), port: port)
        for table in deny { google.fail(.denied(table), table: table, times: .max) }
        if let pageRows { google.cutPages(rowsMax: pageRows) }
        try TextOutput.standardOutput.write(ready(google))
        let signal = try await ServiceRun([StandInService { await google.stop() }]).run()
        return signal.map { ExitCode(rawValue: 128 + $0) } ?? .success
    }

    /// One line of JSON with all that a pipeline needs; it is there when the stand-in answers.
    private func ready(_ google: BigQueryStandIn) -> String {
        var json = JSONWriter()
        json.object {
            $0.member("url", google.url)
            $0.member("project", google.project)
            $0.member("credentials", google.credentialsFile)
        }
        return String(decoding: json.bytes, as: UTF8.self) + "\n"
    }
}
