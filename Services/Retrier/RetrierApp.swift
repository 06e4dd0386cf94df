import CommandLines
import Reporting

@main struct RetrierApp {
    static func main() async {
        await Tool(
            "retrier", summary: "Keeps failed rows until they land, and tries them again when that can help",
            commands: [Run.self, Process.self, ListEntries.self, ShowEntry.self, ReleaseEntries.self, DropEntries.self, ExportRejects.self]
        ).main()
    }
}
