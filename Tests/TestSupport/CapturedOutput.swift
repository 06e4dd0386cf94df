import Foundation

/// Where a test lets a program write, to read it afterwards.
///
/// A file without a name, not a pipe: children that other tests start meanwhile would hold a pipe open, and it would never end.
public final class CapturedOutput: Sendable {
    /// The end to write into.
    public let descriptor: Int32

    public init() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("rollcall-output-\(UUID().uuidString)").path
        descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0, unlink(path) == 0 else {
            throw ChildProcessError(description: "\(path) cannot be made: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// Everything written so far.
    public var text: String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while case let count = pread(descriptor, &piece, piece.count, off_t(bytes.count)), count > 0 { bytes += piece[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
