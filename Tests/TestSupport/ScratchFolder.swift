import FoundationEssentials

/// A folder of a test's own under the system's temporary one; gone when the last reference to it is.
public final class ScratchFolder: Sendable {
    public let path: String

    /// - Parameter inMemory: for tests that write thousands of small files: below /dev/shm (shm_overview(7)) where that can be written.
    public init(inMemory: Bool = false) throws {
        let memory = "/dev/shm"
        let isThere = inMemory && FileManager.default.isWritableFile(atPath: memory)
        let parent = isThere ? URL(filePath: memory) : FileManager.default.temporaryDirectory
        let url = parent.appending(path: "rollcall-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path(percentEncoded: false)
    }

    /// Writes a file, in place of one of that name if there is one.
    /// - Returns: its path.
    @discardableResult public func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
