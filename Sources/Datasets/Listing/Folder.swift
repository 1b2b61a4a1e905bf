import Files
import Foundation

/// The contents of a data set's folders. Names are sorted, so that nothing depends on the order in
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

  /// The names, without `suffix`, of the files that end in it.
  static func stems(_ url: URL, suffix: String = ".png") -> [String] {
    names(url).filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
  }

  /// - Throws: `UserError` if the path of a data set is missing, not a folder, or empty.
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

  /// Paths of all files below a folder, relative to it, sorted by UTF-8. Links to folders are not
  /// followed.
  static func files(below root: URL) -> [String] {
    var (files, open) = ([String](), [""])
    while let prefix = open.popLast() {
      let folder = prefix.isEmpty ? root : root.appendingPathComponent(prefix)
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
        let path = prefix + name
        // For a symbolic link, these are the link's own attributes.
        let attributes = try? FileManager.default.attributesOfItem(
          atPath: root.appendingPathComponent(path).path)
        if attributes?[.type] as? FileAttributeType == .typeDirectory {
          open.append(path + "/")
        } else {
          files.append(path)
        }
      }
    }
    return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

extension Folder {
  /// Paths of all PNG files below a folder, relative to it and without `.png`, sorted; hidden ones
  /// are left out.
  static func images(below root: URL) -> [String] {
    files(below: root).filter { $0.hasSuffix(".png") && !isHidden($0) }
      .map { String($0.dropLast(4)) }
  }

  private static func isHidden(_ path: String) -> Bool {
    path.hasPrefix(".") || path.contains("/.")
  }

  /// `city/` and `frame` of `city/frame`.
  static func halves(_ path: String) -> (folder: String, stem: String) {
    guard let slash = path.lastIndex(of: "/") else { return ("", path) }
    return (String(path[...slash]), String(path[path.index(after: slash)...]))
  }

  /// - Throws: `UserError` naming the first JPEG file that has no PNG file next to it.
  static func refuseJPEG(below root: URL) throws {
    let files = files(below: root).filter { !isHidden($0) }
    let present = Set(files)
    for path in files {
      guard let error = jpegError(root.appendingPathComponent(path)) else { continue }
      let stem = path[..<(path.lastIndex(of: ".") ?? path.endIndex)]
      if !present.contains(stem + ".png") { throw error }
    }
  }

  /// Nil for a file that is not named like a JPEG file.
  static func jpegError(_ file: URL) -> UserError? {
    let ending = file.pathExtension
    guard ["jpg", "jpeg"].contains(ending.lowercased()) else { return nil }
    let folder = file.deletingLastPathComponent().path
    return UserError(
      path: file.path,
      problem: "is a JPEG file, but only PNG is read; convert the folder: "
        + "mogrify -format png \(folder)/*.\(ending)")
  }
}
