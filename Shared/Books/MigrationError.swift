import CommandLines

/// Why migrations cannot be read or applied; each says what to do.
public enum MigrationError: CustomExit, Equatable, CustomStringConvertible {
    case folderUnreadable(String)
    case badName(String)
    case twice(Int, String, String)
    case downWithoutUp(String)
    case notUTF8(String)
    case edited(String)
    case unknownVersion(scope: String, version: Int, what: String)
    case noDown(String)
    case endsTransaction(String)
    case noBooks

    public var exitCode: ExitCode { .environment }

    public var description: String {
        switch self {
        case .folderUnreadable(let path): "The folder \(path) cannot be read; name the folder of the migrations with ROLLCALL_MIGRATIONS"
        case .badName(let name): "\(name) is no migration's name; expected NNN_what.up.sql or NNN_what.down.sql"
        case .twice(let version, let first, let second): "\(first) and \(second) both are number \(version); give one of them the next free number"
        case .downWithoutUp(let name): "\(name) has no .up.sql beside it"
        case .notUTF8(let name): "\(name) is not UTF-8; save it as UTF-8"
        case .edited(let path):
            "\(path) was edited after it was applied, so the tables are not what it says; restore the file and write the change as a new migration"
        case .unknownVersion(let scope, let version, let what):
            "The database has migration \(version) (\(what)) of \(scope), which is not among the files; it comes from a newer Rollcall, use that one"
        case .noDown(let path): "\(path) has no .down.sql, so nothing undoes it; write one"
        case .noBooks:
            "This database has no tables of Rollcall, or those of an older version; run `monitor migrate` on it, or check that DATABASE_URL names the right one"
        case .endsTransaction(let path): "\(path) ends its transaction itself; take COMMIT and ROLLBACK out, each file runs in one transaction"
        }
    }
}
