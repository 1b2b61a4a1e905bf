import Files
import Foundation

/// What lies in a data set's folders and is not read. Images of other kinds are problems: a data set
/// would be smaller than its user believes. Anything else is worth a remark.
struct UnreadFiles {
  private(set) var problems: [UserError] = []
  private(set) var remarks: [UserError] = []

  /// Formats in which data sets come, besides PNG; in lower case.
  private static let imageEndings: Set<String> = [
    "png", "jpg", "jpeg", "jpe", "jfif", "bmp", "tif", "tiff", "webp", "ppm", "pgm", "pnm", "jp2",
    "jxl", "gif", "tga", "avif", "heic", "heif", "exr", "dng", "npy", "npz", "mat",
  ]

  /// Looks at files of one folder that are not read, none of them hidden.
  /// - Parameters:
  ///   - names: relative to the folder.
  ///   - all: the names of everything in the folder, read or not.
  mutating func add(_ names: [String], in folder: URL, among all: Set<String>) {
    var byEnding: [String: [String]] = [:]
    var others: [String] = []
    for name in names {
      let ending = Self.imageEnding(name)
      // A JPEG file beside the PNG file that was made of it is not missing.
      if let ending, ending != "png", !all.contains(name.dropLast(ending.count) + "png") {
        byEnding[ending, default: []].append(name)
      } else {
        others.append(name)
      }
    }
    problems += byEnding.sorted { $0.key < $1.key }.map { Self.problem($0.value, $0.key, folder) }
    remark(others, in: folder, "not read")
  }

  /// Looks at folders whose files are not read.
  mutating func add(folders: [String], in folder: URL) throws(UserError) {
    for name in folders {
      let url = folder.appendingPathComponent(name)
      let files = try Folder.files(below: url).filter { !Folder.isHidden($0) }
      let images = files.filter { Self.imageEnding($0) != nil }
      if images.isEmpty {
        remark(files, in: url, "not read")
        continue
      }
      problems.append(
        UserError(
          path: url.path,
          problem:
            "is a folder with \(counted(images.count, "image file")), but only files directly in "
            + "\(folder.lastPathComponent) are read; move them there, or move the folder away"))
    }
  }

  /// Looks at what is no file: with the name of an image it is a problem.
  mutating func add(others: [String], in folder: URL) {
    let (images, rest) = (
      others.filter(NotAFile.isImageName), others.filter { !NotAFile.isImageName($0) }
    )
    problems += images.compactMap { NotAFile.problem(folder.appendingPathComponent($0)) }
    remark(rest, in: folder, "not read")
  }

  /// Looks for names that are read in another case, such as `Test.txt`: a file system that tells the
  /// cases apart has no file of the name that is read.
  mutating func lookForOtherCases(of names: [String], in folder: URL) {
    let entries = ((try? FolderEntry.list(folder.path)) ?? [])?.map(\.name) ?? []
    for name in names {
      let isThere = Folder.isPresent(folder.appendingPathComponent(name))
      // A file system that does not has the file under both.
      if isThere && !entries.contains(name) { continue }
      for other in entries where other != name && other.lowercased() == name.lowercased() {
        if isThere {
          remark([other], in: folder, "not read, but \(name) is")
        } else {
          problems.append(
            UserError(
              path: folder.appendingPathComponent(other).path,
              problem: "is not read because of upper and lower case in its name; rename it to "
                + "\(name), or move it away"))
        }
      }
    }
  }

  mutating func remark(_ names: [String], in folder: URL, _ what: String) {
    if names.isEmpty { return }
    let shown = names.prefix(3).map(printable).joined(separator: ", ")
    let more = names.count > 3 ? ", ..." : ""
    remarks.append(
      UserError(
        path: folder.path,
        problem: "\(counted(names.count, "file")) here \(names.count == 1 ? "is" : "are") \(what): "
          + shown + more))
  }

  private static func problem(_ names: [String], _ ending: String, _ folder: URL) -> UserError {
    let file = folder.appendingPathComponent(names[0])
    let place = quotedForShell(file.deletingLastPathComponent().path)
    let advice =
      switch ending.lowercased() {
      case "png":
        "only .png is read; rename: for f in \(place)/*.\(ending); do mv \"$f\" "
          + "\"${f%.\(ending)}.png\"; done"
      case let longer where longer.hasPrefix("png"):
        "only names that end in .png are read; rename or unpack it, or move it away"
      default: "only PNG is read; convert the folder: mogrify -format png \(place)/*.\(ending)"
      }
    let kind =
      ["jpg", "jpeg", "jpe"].contains(ending.lowercased()) ? "JPEG" : ".\(printable(ending))"
    let others =
      names.count == 1 ? "" : ", and so are \(names.count - 1) more below \(folder.path)"
    return UserError(path: file.path, problem: "is a \(kind) file\(others), but \(advice)")
  }

  /// The ending of an image's name as it is written, such as `PNG`, `png.gz` or, with a blank, `png `; nil
  /// for other files.
  private static func imageEnding(_ name: String) -> String? {
    let file = name.split(separator: "/").last ?? ""
    let parts = file.split(separator: ".", omittingEmptySubsequences: false).dropFirst()
    if let ending = parts.last, imageEndings.contains(ending.lowercased()) { return String(ending) }
    // Copies in progress, packed files and names that were mistyped.
    guard let start = parts.firstIndex(where: { $0.lowercased().hasPrefix("png") }) else {
      return nil
    }
    return parts[start...].joined(separator: ".")
  }

  private static func quotedForShell(_ path: String) -> String {
    let isPlain = path.utf8.allSatisfy { byte in
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "/._-+@".utf8.contains(byte)
        || byte >= 0x80
    }
    return isPlain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
  }
}

extension UnreadFiles {
  /// What lies directly in a folder besides the files that are read.
  /// - Parameters:
  ///   - isRead: for a file's name.
  ///   - belongs: files that are not read but belong to the data set's layout.
  mutating func look(
    in folder: URL, isRead: (String) -> Bool, belongs: (String) -> Bool = { _ in false }
  ) throws(UserError) {
    let entries = try Folder.entries(folder)
    let others = entries.filter {
      $0.kind == .special || $0.kind == .folder && NotAFile.isImageName($0.name)
    }.map(\.name)
    add(others: others, in: folder)
    add(
      entries.filter { $0.kind == .file && !isRead($0.name) && !belongs($0.name) }.map(\.name),
      in: folder, among: Set(entries.map(\.name)))
    try add(
      folders: entries.filter { $0.kind == .folder && !others.contains($0.name) }.map(\.name),
      in: folder)
  }

  /// Files in a folder of folders.
  mutating func lookBesideFolders(in folder: URL) throws(UserError) {
    let entries = try Folder.entries(folder)
    add(
      entries.filter { $0.kind != .folder }.map(\.name), in: folder, among: Set(entries.map(\.name))
    )
  }
}

extension Folder {
  /// What lies below a folder besides PNG files.
  static func unread(below root: URL) throws(UserError) -> UnreadFiles {
    var unread = UnreadFiles()
    let (all, others) = try contents(below: root)
    let files = all.filter { !isHidden($0) }
    unread.add(others: others.filter { !isHidden($0) }, in: root)
    unread.add(files.filter { !$0.hasSuffix(".png") }, in: root, among: Set(files))
    return unread
  }

  /// - Throws: `UserError` naming the first file below a folder that is an image of a kind that is not
  ///   read and has no PNG file next to it.
  static func refuseUnread(below root: URL) throws(UserError) {
    if let problem = try unread(below: root).problems.first { throw problem }
  }

  /// Paths of all files below a folder of predictions.
  /// - Throws: `UserError` as `files`, or naming the first file that ends in `.PNG` or the like, or
  ///   what has the name of an image but is no file.
  static func predictions(below root: URL) throws(UserError) -> [String] {
    let (files, others) = try contents(below: root)
    var unread = UnreadFiles()
    unread.add(others: others.filter { !isHidden($0) }, in: root)
    unread.add(
      files.filter { !$0.hasSuffix(".png") && $0.lowercased().hasSuffix(".png") && !isHidden($0) },
      in: root, among: Set(files))
    if let problem = unread.problems.first { throw problem }
    return files
  }

  /// Nil for a file that is not named like a JPEG file.
  static func jpegError(_ file: URL) -> UserError? {
    guard ["jpg", "jpeg"].contains(file.pathExtension.lowercased()) else { return nil }
    var unread = UnreadFiles()
    unread.add(
      [file.lastPathComponent], in: file.deletingLastPathComponent(), among: [])
    return unread.problems.first
  }
}
