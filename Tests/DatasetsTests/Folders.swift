import Datasets
import Foundation

/// Calls `body` with an empty folder and removes it afterwards.
func withTemporaryFolder<T>(_ body: (URL) throws -> T) throws -> T {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
    "recallbench-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

extension URL {
  /// The file at a relative path, its folder made if need be.
  func file(_ path: String) throws -> URL {
    let url = appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    return url
  }
}

/// Folders found from this file's own place.
enum Folders {
  private static let tests = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
  static let fixtures = tests.appendingPathComponent("Fixtures")
  /// Real data beside the checkout; not part of it, so it may be missing.
  static let data = tests.deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("shared/data")
  static let camvid = data.appendingPathComponent("camvid")
  static let cityscapes = data.appendingPathComponent("cityscapes-sample")
  static let synthia = data.appendingPathComponent("synthia-layout")

  static func exist(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }
}
