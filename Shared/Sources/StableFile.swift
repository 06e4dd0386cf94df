import Glibc
import Hashing

/// What must stand still while a file is read. A rename over it shows in the inode, an edit in size or time.
struct FileStamp: Equatable, Sendable, CustomStringConvertible {
    let device: UInt
    let inode: UInt
    let size: Int
    let modifiedNanoseconds: Int

    /// For certificates and the books; two stamps are equal when their words are.
    var description: String { "size=\(size) modified=\(modifiedNanoseconds)ns inode=\(device):\(inode)" }

    fileprivate init(_ status: stat) {
        (device, inode, size) = (UInt(status.st_dev), UInt(status.st_ino), Int(status.st_size))
        modifiedNanoseconds = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    }
}

/// An open regular file that is read once, from its beginning, and hashed on the way.
///
/// Never mapped into memory: a file cut by its writer while mapped kills the reader with SIGBUS.
struct StableFile: ~Copyable {
    let path: String
    /// As it was when it was opened.
    let stamp: FileStamp
    private let descriptor: Int32
    private var hash = RunningHash()
    private(set) var bytesRead = 0

    init(path: String) throws(SourceError) {
        // O_NONBLOCK: opening a named pipe would wait for its writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.failure(path, errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw Self.failure(path, code)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            let what = status.st_mode & S_IFMT == S_IFDIR ? "is a directory" : "is no regular file"
            throw SourceError(.unusable, place: path, "\(what); expected a CSV file, which is read twice")
        }
        (self.path, self.descriptor, stamp) = (path, descriptor, FileStamp(status))
    }

    deinit { close(descriptor) }

    /// The first bytes, looked at without reading them: a byte order mark is in there.
    func beginning(_ count: Int) throws(SourceError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = pread(descriptor, &bytes, count, 0)
        guard got >= 0 else { throw Self.failure(path, errno) }
        return Array(bytes.prefix(got))
    }

    /// Fills `space` as far as the file reached when it was opened; fewer bytes only at its end. A file that grows as fast as it is read
    /// would never end otherwise.
    mutating func read(into space: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
        var filled = 0
        let wanted = min(space.count, stamp.size - bytesRead)
        while filled < wanted {
            let got = Glibc.read(descriptor, space.baseAddress.map { $0 + filled }, wanted - filled)
            if got == 0 { break }
            if got < 0 {
                if errno == EINTR { continue }
                throw Self.failure(path, errno)
            }
            filled += got
        }
        hash.add(UnsafeRawBufferPointer(rebasing: space[..<filled]))
        bytesRead += filled
        return filled
    }

    /// Of the bytes read so far.
    var contentHash: UInt64 { hash.value }

    /// Throws unless the path still leads to the file that was opened, unedited.
    func checkUnchanged() throws(SourceError) {
        var opened = stat(), present = stat()
        guard fstat(descriptor, &opened) == 0, stat(path, &present) == 0, FileStamp(opened) == stamp, FileStamp(present) == stamp else {
            throw Self.changed(path)
        }
    }

    /// Throws unless all of it was read and it is unchanged.
    func checkReadWhole() throws(SourceError) {
        guard bytesRead == stamp.size else { throw Self.changed(path) }
        try checkUnchanged()
    }

    static func changed(_ path: String) -> SourceError {
        SourceError(.changed, place: path, "the file changed while it was read; run again when its writer is done (best written beside and renamed into place)")
    }

    private static func failure(_ path: String, _ code: Int32) -> SourceError {
        switch code {
        case ENOENT: SourceError(.unusable, place: path, "there is no such file; expected a CSV file here (check path: in the pipeline file)")
        case ENOTDIR: SourceError(.unusable, place: path, "a part of this path is no directory (check path: in the pipeline file)")
        case EACCES, EPERM: SourceError(.unreachable, place: path, "may not be read by this user; allow it with chmod or chown")
        default: SourceError(.unreachable, place: path, "could not be read: \(String(cString: strerror(code)))")
        }
    }
}
