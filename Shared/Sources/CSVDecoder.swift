import Glibc

/// Turns bytes of another encoding into UTF-8 piece by piece; what a piece cuts in two is carried over by the caller.
///
/// glibc's iconv, because Foundation decodes only whole data, and a file may be larger than memory.
final class CSVDecoder {
    enum Stop: Equatable {
        /// All input is decoded.
        case done
        /// Call again with more space.
        case outputFull
        /// The input ends within a character.
        case cut
        /// No character begins here.
        case undecodable
    }

    private let conversion: iconv_t

    /// Nil when this machine's glibc lacks the encoding (package libc6 carries those used here; slim images move them to `locales`).
    init?(from name: String) {
        guard let conversion = iconv_open("UTF-8", name), Int(bitPattern: conversion) != -1 else { return nil }
        self.conversion = conversion
    }

    deinit { iconv_close(conversion) }

    /// - Returns: bytes taken, bytes written and why it stopped.
    func decode(_ input: UnsafeMutableRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> (taken: Int, written: Int, stop: Stop) {
        var from = input.baseAddress?.assumingMemoryBound(to: CChar.self), fromLeft = input.count
        var to = output.baseAddress?.assumingMemoryBound(to: CChar.self), toLeft = output.count
        let result = iconv(conversion, &from, &fromLeft, &to, &toLeft)
        let code = errno
        let stop: Stop =
            if result != -1 { .done } else if code == E2BIG { .outputFull } else if code == EINVAL { .cut } else { .undecodable }
        return (input.count - fromLeft, output.count - toLeft, stop)
    }
}
