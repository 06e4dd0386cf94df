import Glibc

/// Standard output or standard error: text goes out whole, or the reason it did not comes back.
public struct TextOutput: Sendable {
    /// Where results go.
    public static let standardOutput = TextOutput(descriptor: STDOUT_FILENO, name: "standard output")
    /// Where messages and progress go.
    public static let standardError = TextOutput(descriptor: STDERR_FILENO, name: "standard error")

    private let descriptor: Int32
    private let name: String

    /// - Parameter name: what messages call it.
    public init(descriptor: Int32, name: String) { (self.descriptor, self.name) = (descriptor, name) }

    /// Whether a person looks at it.
    public var isTerminal: Bool { isatty(descriptor) == 1 }

    /// How many columns the terminal has; nil where there is none or it does not tell.
    public var columns: Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// Writes all of `text`, or throws.
    public func write(_ text: String) throws(OutputError) { try write(Array(text.utf8)) }

    /// A result that was not written was not given, so every failure is told (`>/dev/full` must not end in success).
    public func write(_ bytes: [UInt8]) throws(OutputError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                let code = errno
                if code == EINTR { continue }
                if code == EAGAIN { waitUntilWritable(); continue }
                throw OutputError(stream: name, code: code)
            }
            rest = rest.dropFirst(written)
        }
    }

    /// A terminal or pipe shared with a program that made it non-blocking is written to like any other.
    private func waitUntilWritable() {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&waiting, 1, -1)  // Whatever it says, the next write tells the truth.
    }
}

/// Text that did not reach its reader.
public struct OutputError: CustomExit, Equatable, CustomStringConvertible {
    public let stream: String
    /// The `errno` of the failed write.
    public let code: Int32

    /// The reader stopped reading, as `head` does: it has what it wanted.
    public var isReaderGone: Bool { code == EPIPE }
    public var exitCode: ExitCode { isReaderGone ? .success : .environment }
    public var description: String { "\(stream) cannot be written: \(String(cString: strerror(code))); what was to be told there is lost" }
}

/// Prepares the process for writing to descriptors that may be closed or lose their reader.
func prepareStandardDescriptors() {
    signal(SIGPIPE, SIG_IGN)  // A write then fails with EPIPE, which can be handled, in place of ending the process.
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 {
        // Else the next file or socket opened would take its number, and messages would be written into it.
        // Opened for the wrong direction, so that using it still fails.
        _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
}
