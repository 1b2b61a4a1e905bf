import Files
import Foundation

/// What lies in folders of a data set. Names are sorted, so that nothing depends on the order in
/// which a file system lists them; hidden files are left out.
enum Folder {
  static func exists(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// Names in the folder; none if it does not exist or cannot be read.
  static func names(_ url: URL) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  static func subfolders(_ url: URL) -> [String] {
    names(url).filter { exists(url.appendingPathComponent($0)) }
  }

  /// What precedes `suffix` in the names of the files that end in it.
  static func stems(_ url: URL, suffix: String = ".png") -> [String] {
    names(url).filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
  }

  /// - Throws: `UserError` if the path of a data set is missing, no folder, or empty.
  static func checkRoot(_ root: URL, of title: String) throws {
    func failed(_ problem: String) -> UserError { UserError(path: root.path, problem: problem) }
    guard FileManager.default.fileExists(atPath: root.path) else {
      throw failed("no such folder; give the folder that holds \(title)")
    }
    guard exists(root) else { throw failed("is a file; give the folder that holds \(title)") }
    guard FileManager.default.isReadableFile(atPath: root.path) else {
      throw failed("cannot be read; check its permissions")
    }
    if names(root).isEmpty { throw failed("is empty; \(title) was expected here") }
  }

  /// - Throws: `UserError` naming the first of the folders that is missing.
  static func require(_ folders: [String], in root: URL, of title: String) throws {
    for folder in folders where !exists(root.appendingPathComponent(folder)) {
      throw UserError(path: root.path, problem: "not \(title): it has no folder \(folder)")
    }
  }
}
