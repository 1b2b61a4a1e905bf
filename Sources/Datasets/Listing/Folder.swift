import Files
import Foundation

/// The contents of a data set's folders. Names are sorted, so that nothing depends on the order in
/// which a file system lists them; hidden files are left out. A folder that cannot be listed and a
/// link that leads nowhere are errors: images would be left out without a word.
enum Folder {
  static func exists(_ url: URL) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// Whether anything is there, a broken link included.
  static func isPresent(_ url: URL) -> Bool {
    (try? FileManager.default.attributesOfItem(atPath: url.path)) != nil
  }

  /// What lies in the folder, without broken links; nothing if there is no such folder.
  /// - Throws: `UserError` if the folder cannot be listed, or for the first broken link.
  static func entries(_ url: URL) throws(UserError) -> [FolderEntry] {
    let entries = try FolderEntry.list(url.path) ?? []
    for entry in entries {
      guard case .broken(let problem) = entry.kind, !entry.name.hasPrefix(".") else { continue }
      throw UserError(path: url.path + "/" + entry.name, problem: problem)
    }
    return entries.filter { !$0.name.hasPrefix(".") }
  }

  /// Names in the folder; none if it does not exist.
  /// - Throws: `UserError` as `entries`.
  static func names(_ url: URL) throws(UserError) -> [String] { try entries(url).map(\.name) }

  static func subfolders(_ url: URL) throws(UserError) -> [String] {
    try entries(url).filter { $0.kind == .folder }.map(\.name)
  }

  /// The names, without `suffix`, of the files that end in it.
  static func stems(_ url: URL, suffix: String = ".png") throws(UserError) -> [String] {
    try entries(url).filter { $0.kind == .file && $0.name.hasSuffix(suffix) }
      .map { String($0.name.dropLast(suffix.count)) }
  }

  /// - Throws: `UserError` if the path of a data set is missing, not a folder, or empty.
  static func checkRoot(_ root: URL, of title: String) throws(UserError) {
    func failed(_ problem: String) -> UserError { UserError(path: root.path, problem: problem) }
    if let problem = FolderEntry.brokenLink(root.path) { throw failed(problem) }
    guard FileManager.default.fileExists(atPath: root.path) else {
      throw failed("no such folder; give the folder that holds \(title)")
    }
    guard exists(root) else { throw failed("is a file; give the folder that holds \(title)") }
    guard FileManager.default.isReadableFile(atPath: root.path) else {
      throw failed("cannot be read; check its permissions")
    }
    let entries = try FolderEntry.list(root.path) ?? []
    if entries.allSatisfy({ $0.name.hasPrefix(".") }) {
      throw failed("is empty; \(title) was expected here")
    }
  }

  /// - Throws: `UserError` naming the first of the folders that is missing.
  static func require(_ folders: [String], in root: URL, of title: String) throws {
    for folder in folders where !exists(root.appendingPathComponent(folder)) {
      let path = root.appendingPathComponent(folder).path
      if let problem = FolderEntry.brokenLink(path) {
        throw UserError(path: path, problem: problem)
      }
      throw UserError(path: root.path, problem: "not \(title): it has no folder \(folder)")
    }
  }

  /// Paths of all files below a folder, relative to it, sorted by UTF-8. Links to folders are followed,
  /// hidden folders included.
  /// - Throws: `UserError` if a folder cannot be listed, for the first broken link that is not hidden,
  ///   or for a link to a folder that it is in.
  static func files(below root: URL) throws(UserError) -> [String] {
    try contents(below: root).files
  }

  /// The files, and what is none: pipes and the like, and folders that are named like images.
  static func contents(
    below root: URL
  ) throws(UserError) -> (files: [String], others: [String]) {
    var (files, others): ([String], [String]) = ([], [])
    var open = [(prefix: "", above: [root.resolvingSymlinksInPath().path])]
    while let (prefix, above) = open.popLast() {
      let folder = prefix.isEmpty ? root : root.appendingPathComponent(prefix)
      for entry in try FolderEntry.list(folder.path) ?? [] {
        let path = prefix + entry.name
        switch entry.kind {
        case .file: files.append(path)
        case .special: others.append(path)
        case .broken(let problem):
          if isHidden(path) { break }
          throw UserError(path: root.path + "/" + path, problem: problem)
        case .folder:
          if NotAFile.isImageName(entry.name) { others.append(path) }
          let real = try place(of: entry, path, below: root, above)
          open.append((path + "/", above + [real]))
        }
      }
    }
    func sorted(_ paths: [String]) -> [String] {
      paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
    return (sorted(files), sorted(others))
  }

  /// Where a folder really is.
  /// - Throws: `UserError` if it is one of those it is in, which would never end.
  private static func place(
    of entry: FolderEntry, _ path: String, below root: URL, _ above: [String]
  ) throws(UserError) -> String {
    guard entry.isLink else { return (above.last ?? "") + "/" + entry.name }
    let url = root.appendingPathComponent(path)
    let real = url.resolvingSymlinksInPath().path
    guard !above.contains(real) else {
      throw UserError(
        path: url.path, problem: "is a link to a folder that it is in; remove the link")
    }
    return real
  }
}

extension Folder {
  /// Paths of all PNG files below a folder, relative to it and without `.png`, sorted; hidden ones
  /// are left out.
  static func images(below root: URL) throws(UserError) -> [String] {
    try files(below: root).filter { $0.hasSuffix(".png") && !isHidden($0) }
      .map { String($0.dropLast(4)) }
  }

  static func isHidden(_ path: String) -> Bool { path.hasPrefix(".") || path.contains("/.") }

  /// `city/` and `frame` of `city/frame`.
  static func halves(_ path: String) -> (folder: String, stem: String) {
    guard let slash = path.lastIndex(of: "/") else { return ("", path) }
    return (String(path[...slash]), String(path[path.index(after: slash)...]))
  }
}
