import CommandLines
import Reporting

/// What tests, the demo and benchmarks need from outside, as processes: data, and Googles and a Square that are none.
@main struct StandInsApp {
    static func main() async {
        await Tool(
            "standins", summary: "Stand in for the world outside in demos, tests and benchmarks",
            commands: [ServeSheets.self, ServeBigQuery.self, ServeSquare.self, WriteCSV.self]
        ).main()
    }
}
