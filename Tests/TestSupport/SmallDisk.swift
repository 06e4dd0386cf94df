import Foundation

/// A file system of a few kilobytes that a PostgreSQL server can be given for a tablespace, and that can be full.
public struct SmallDisk: Sendable {
    /// A folder on it that the server may write.
    public let path: String
    private let mountPoint: URL

    /// Whether this machine lets us mount; for `.enabled(if:)`.
    public static let isOffered: Bool = {
        do {
            let disk = try SmallDisk(kilobytes: 64)
            try disk.end()
            return true
        } catch { return false }
    }()

    /// Mounts one for `body`; gone when it returns.
    public static func with<Value>(kilobytes: Int, _ body: (SmallDisk) async throws -> Value) async throws -> Value {
        let disk = try SmallDisk(kilobytes: kilobytes)
        do {
            let value = try await body(disk)
            try disk.end()
            return value
        } catch {
            try disk.end(evenInUse: true)
            throw error
        }
    }

    private init(kilobytes: Int) throws {
        mountPoint = URL(filePath: "/tmp/rollcall-disk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: mountPoint, withIntermediateDirectories: true)
        do {
            try SmallDisk.run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", mountPoint.path)
        } catch {
            try FileManager.default.removeItem(at: mountPoint)
            throw error
        }
        path = mountPoint.appending(path: "tablespace").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try SmallDisk.run("chown", "postgres", path)
    }

    /// Takes every byte that is left.
    public func fill() throws {
        let filler = mountPoint.appending(path: "filler").path
        guard FileManager.default.createFile(atPath: filler, contents: nil), let file = FileHandle(forWritingAtPath: filler) else {
            throw CocoaError(.fileWriteUnknown)
        }
        let block = Data(count: 4096)
        while true { do { try file.write(contentsOf: block) } catch let error as CocoaError where error.code == .fileWriteOutOfSpace { return } }
    }

    /// Gives back what `fill` took and makes the disk larger.
    public func makeRoom(megabytes: Int = 64) throws {
        try SmallDisk.run("mount", "-o", "remount,size=\(megabytes)m", mountPoint.path)
        try? FileManager.default.removeItem(at: mountPoint.appending(path: "filler"))  // There is none if nobody filled it.
    }

    private func end(evenInUse: Bool = false) throws {
        try SmallDisk.run("umount", evenInUse ? "--lazy" : "--all-targets", mountPoint.path)
        try FileManager.default.removeItem(at: mountPoint)
    }

    private static func run(_ program: String, _ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw NeverHeld(what: "\(program) \(arguments.joined(separator: " "))") }
    }
}
