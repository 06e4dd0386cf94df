extension SettingsReader {
    /// The settings of a service as Markdown, in the order in which it reads them; nothing has to be set for it.
    public static func reference(of groups: [any SettingsReadable.Type]) throws(SettingsError) -> String {
        let reader = SettingsReader(values: [:], gathers: true)
        for group in groups { _ = try group.init(reading: reader) }  // Required settings are missing; a gathering reader keeps that to itself.
        var seen: Set<String> = []
        let rows = reader.entries.filter { seen.insert($0.name).inserted }.map { entry in
            "| `\(entry.name)` | \(entry.explanation) | \(entry.expectation.replacing("|", with: "\\|")) | \(inWords(entry.defaultText)) |"
        }
        return "| setting | what it decides | expected | default |\n| --- | --- | --- | --- |\n" + rows.joined(separator: "\n") + "\n"
    }

    private static func inWords(_ defaultText: String?) -> String {
        switch defaultText {
        case nil: "required"
        case "": ""
        case let text?: "`\(text)`"
        }
    }
}
