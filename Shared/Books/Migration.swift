import Foundation

/// One numbered change of tables: `050_text_columns.up.sql`, and `.down.sql` if it can be undone.
public struct Migration: Sendable, Equatable {
    /// Whose tables a migration changes; each scope counts its own versions.
    public enum Scope: Sendable, Hashable, CustomStringConvertible {
        /// Rollcall's own tables, `migrations/`.
        case books
        /// The users' tables of one pipeline, `migrations/PIPELINE/`.
        case pipeline(String)

        /// As in `schema_migrations.scope`; no pipeline can be named `books` there, since theirs begin with `pipeline/`.
        public var description: String {
            switch self {
            case .books: "books"
            case .pipeline(let name): "pipeline/\(name)"
            }
        }
    }

    public let scope: Scope
    public let version: Int
    /// The words between number and ending, as in `text_columns`.
    public let what: String
    /// The file's path below the migrations' folder, for messages.
    public let path: String
    /// What `up` runs.
    public let up: String
    /// What undoes it; nil when nothing does.
    public let down: String?

    /// The migrations of a scope in order.
    /// - Parameter directory: the folder `migrations`.
    /// - Throws: `MigrationError` for a folder that cannot be read, a name that does not say its number, or one number used twice.
    public static func load(_ scope: Scope, from directory: URL) throws -> [Migration] {
        let folder =
            switch scope {
            case .books: directory
            case .pipeline(let name): directory.appending(path: name)
            }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        } catch {
            throw MigrationError.folderUnreadable(folder.path)
        }
        var migrations: [Migration] = []
        for name in names where name.hasSuffix(".sql") {
            guard let (stem, direction) = parts(of: name), let (version, what) = numbered(stem) else { throw MigrationError.badName(name) }
            guard direction == "up" else {
                guard names.contains(stem + ".up.sql") else { throw MigrationError.downWithoutUp(name) }
                continue
            }
            if let twin = migrations.last, twin.version == version { throw MigrationError.twice(version, twin.path, name) }
            let down = names.contains(stem + ".down.sql") ? try text(of: folder.appending(path: stem + ".down.sql")) : nil
            let path = if case .pipeline(let pipeline) = scope { "\(pipeline)/\(name)" } else { name }
            migrations.append(
                Migration(scope: scope, version: version, what: what, path: path, up: try text(of: folder.appending(path: name)), down: down))
        }
        return migrations.sorted { $0.version < $1.version }
    }

    private static func parts(of name: String) -> (stem: String, direction: String)? {
        for direction in ["up", "down"] where name.hasSuffix(".\(direction).sql") { return (String(name.dropLast(direction.count + 5)), direction) }
        return nil
    }

    private static func numbered(_ stem: String) -> (Int, String)? {
        guard let dash = stem.firstIndex(of: "_"), let version = Int(stem[..<dash]), version > 0, stem[..<dash].allSatisfy(\.isASCII) else { return nil }
        let what = String(stem[stem.index(after: dash)...])
        return what.isEmpty ? nil : (version, what)
    }

    private static func text(of file: URL) throws -> String {
        guard let text = String(validating: try Data(contentsOf: file), as: UTF8.self) else { throw MigrationError.notUTF8(file.lastPathComponent) }
        return text
    }
}
