import FoundationEssentials

/// The migrations of one pipeline's tables, to name the one that cures a finding instead of inventing another.
public struct MigrationFiles: Sendable {
    struct File: Sendable {
        let path: String
        let words: Set<String>
        let text: String
    }
    private let files: [File]

    /// - Parameter texts: the `.up.sql` files, by the path to show.
    public init(_ texts: [String: String]) {
        files = texts.sorted { $0.key < $1.key }.map { path, text in
            let code = text.split(separator: "\n").filter { !$0.trimmingPrefix(while: \.isWhitespace).hasPrefix("--") }.joined(separator: "\n")
            let words = code.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
            return File(path: path, words: Set(words), text: code.lowercased())
        }
    }

    public static let none = MigrationFiles([:])

    /// - Parameter folder: `migrations`; a pipeline without a folder in it has no migrations of its own.
    public static func load(folder: String, pipeline: String) -> MigrationFiles {
        let path = folder + "/" + pipeline
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        var texts: [String: String] = [:]
        for name in names where name.hasSuffix(".up.sql") {
            if let data = FileManager.default.contents(atPath: path + "/" + name) { texts[path + "/" + name] = String(decoding: data, as: UTF8.self) }
        }
        return MigrationFiles(texts)
    }

    /// The first that alters the type of this column.
    func widening(_ column: String, of table: String) -> String? {
        files.first { $0.words.contains(table) && $0.words.contains(column) && $0.text.contains("alter column") && $0.text.contains("type text") }?.path
    }

    /// The first that adds this column.
    func adding(_ column: String, to table: String) -> String? {
        files.first { file in
            guard file.words.contains(table), file.words.contains(column) else { return false }
            return file.text.contains("add column \(column) ") || file.text.contains("add column if not exists \(column) ")
        }?.path
    }
}
