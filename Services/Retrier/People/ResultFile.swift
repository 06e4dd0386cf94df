import CommandLines
import Foundation
import Reporting

/// A file that appears whole or not at all: written beside its place under a name of its own, and renamed when done.
struct ResultFile: ~Copyable {
    private let path: String
    private let draft: String
    private let descriptor: Int32
    private let replaces: Bool
    private let output: TextOutput

    /// - Parameter replacing: whether a file of that name may go.
    /// - Throws: `CommandFailure` when there is one and it may not, or its folder cannot be written.
    init(_ path: String, replacing: Bool) throws(CommandFailure) {
        // Told before the work; whether it is still so is asked again at the end.
        if !replacing, access(path, F_OK) == 0 { throw ResultFile.exists(path) }
        let url = URL(filePath: path)
        let draft = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).\(UUID().uuidString.prefix(8)).draft").path
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw ResultFile.refused(path) }
        (self.path, self.draft, self.descriptor, replaces) = (path, draft, descriptor, replacing)
        output = TextOutput(descriptor: descriptor, name: path)
    }

    deinit {
        close(descriptor)
        unlink(draft)  // Gone already when it was renamed.
    }

    func write(_ bytes: [UInt8]) throws(OutputError) { try output.write(bytes) }

    /// Gives the file its name.
    /// - Throws: `CommandFailure` when another file has taken it meanwhile.
    func finish() throws(CommandFailure) {
        guard fsync(descriptor) == 0 else { throw ResultFile.refused(path) }
        if replaces {
            guard rename(draft, path) == 0 else { throw ResultFile.refused(path) }
            return
        }
        // Unlike rename, link never replaces; file systems without hard links must do with a look before.
        if link(draft, path) == 0 { return }
        if errno == EEXIST { throw ResultFile.exists(path) }
        guard access(path, F_OK) != 0 else { throw ResultFile.exists(path) }
        guard rename(draft, path) == 0 else { throw ResultFile.refused(path) }
    }

    private static func exists(_ path: String) -> CommandFailure {
        CommandFailure(.usage, "\(path) is there already; name another file, or give --force to replace it")
    }

    private static func refused(_ path: String) -> CommandFailure {
        CommandFailure(
            errno == ENOENT || errno == ENOTDIR || errno == EISDIR ? .usage : .environment, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}
