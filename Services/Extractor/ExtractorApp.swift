import CommandLines
import Reporting

@main struct ExtractorApp {
    static func main() async {
        await Tool(
            "extractor", summary: "Reads the places where a business edits its data and sends what the database lacks",
            commands: [Sync.self, Check.self, Approve.self, Run.self]
        ).main()
    }
}
