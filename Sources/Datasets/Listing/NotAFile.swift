import Files
import Foundation

/// What has the name of an image but is no file.
enum NotAFile {
  static func isImageName(_ name: String) -> Bool { name.lowercased().hasSuffix(".png") }

  /// - Returns: nil for a file, or if there is nothing.
  static func problem(_ url: URL) -> UserError? {
    var info = stat()
    guard stat(url.path, &info) == 0, let kind = kind(info.st_mode) else { return nil }
    return UserError(
      path: url.path, problem: "is a \(kind), not a PNG file; move it away, or put the file here")
  }

  private static func kind(_ mode: mode_t) -> String? {
    switch mode & S_IFMT {
    case S_IFREG: nil
    case S_IFDIR: "folder"
    case S_IFIFO: "pipe"
    case S_IFSOCK: "socket"
    default: "device"
    }
  }
}
