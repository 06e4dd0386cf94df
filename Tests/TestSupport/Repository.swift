import Foundation

/// Where the project's own files are, for tests that read its migrations or run its scripts.
public enum Repository {
    public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
