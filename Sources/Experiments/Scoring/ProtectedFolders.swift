import Datasets
import Files
import Foundation

/// The folders that no result may be written into, whatever options say: those that hold files of a
/// data set or of a run, by whatever path: through links or mounted elsewhere.
package struct ProtectedFolders {
  /// What they hold. What is below them may be read, too.
  private var held: [FolderIdentity: String] = [:]
  /// Folders of data sets, in which results may have folders of their own.
  private var roots: [FolderIdentity: String] = [:]

  /// Only the folders of runs, which are recognized by their files.
  package init() {}

  /// - Parameter root: the folder that the data set was opened from, if it is known.
  package mutating func add(_ dataset: any Dataset, root: URL?) {
    var files: [URL] = []
    for split in Split.allCases {
      files += (try? dataset.listing(split))?.items.flatMap { [$0.image, $0.label] } ?? []
      files += (try? dataset.predictionTargets(split))?.map(\.image) ?? []
    }
    add(folders: Set(files.map { $0.deletingLastPathComponent() }), of: "\(dataset.name)")
    if let root = root.flatMap(FolderIdentity.init) {
      roots[root] = Self.files(of: "\(dataset.name)")
    }
  }

  /// - Parameter what: the data set's name.
  package mutating func add(folders: Set<URL>, of what: String) {
    for folder in folders.compactMap(FolderIdentity.init) {
      held[folder] = Self.files(of: what)
    }
  }

  private static func files(of dataset: String) -> String { "files of the data set \(dataset)" }

  /// - Throws: `UserError` if a file of this path would be written into one of the folders.
  package func check(_ file: URL) throws(UserError) {
    let place = file.throughLinks
    let folder = place.deletingLastPathComponent()
    let own =
      holder(of: folder)
      ?? (SweepFolder.isOwnFile(place) ? "the stored runs of a sweep" : nil)
      ?? (RunFolder.holdsOwnFiles(folder) ? "the files of a run" : nil)
    guard let own else { return }
    throw UserError(
      path: file.relativePath,
      problem: "would be written into \(folder.path), which holds \(own); name another place")
  }

  /// What a folder is part of; nil if it holds none of a data set's files.
  private func holder(of folder: URL) -> String? {
    if let root = FolderIdentity(folder).flatMap({ roots[$0] }) { return root }
    let parts = folder.standardizedFileURL.pathComponents
    let above = (1...max(1, parts.count)).reversed().map { count in
      URL(filePath: NSString.path(withComponents: Array(parts.prefix(count))))
    }
    return above.lazy.compactMap { FolderIdentity($0).flatMap { held[$0] } }.first
  }

  package func check(_ output: OutputFile) throws(UserError) {
    if let file = output.file { try check(file) }
  }
}

extension OutputFile {
  /// `check`, and that the file would not be written beside those of a run.
  package func checkPlace(besides inputs: [String] = []) throws(UserError) {
    try check(besides: inputs)
    try ProtectedFolders().check(self)
  }
}

/// A folder as the system knows it, by whatever path.
private struct FolderIdentity: Hashable {
  let device: UInt64
  let number: UInt64

  /// Nil if there is no such folder.
  init?(_ folder: URL) {
    var status = stat()
    guard stat(folder.path, &status) == 0 else { return nil }
    (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino))
  }
}

extension RunFolder {
  /// Whether a folder is that of a run, or one inside it.
  fileprivate static func holdsOwnFiles(_ folder: URL) -> Bool {
    let above = folder.deletingLastPathComponent()
    // A file of somebody else may be called run.json, too.
    let names = [Name.arrays, Name.weights, LooseRun.Name.confusions]
    return [folder, above].contains { url in
      isBegun(url)
        && (url.deletingLastPathComponent().lastPathComponent == "runs"
          || names.contains {
            FileManager.default.fileExists(atPath: url.appending(path: $0).path)
          })
    }
  }
}

extension SweepFolder {
  /// Whether a path is one at which a sweep keeps runs, or what is shared by them.
  fileprivate static func isOwnFile(_ file: URL) -> Bool {
    let folder = file.deletingLastPathComponent()
    let (name, above) = (file.lastPathComponent, folder.deletingLastPathComponent())
    let files = [SweepPlan.fileName, "runs.jsonl", "runs.npz", ".lock"]
    if files.contains(name) { return SweepFolder(folder).holdsRuns }
    return ["splits", "code", "runs"].contains(folder.lastPathComponent)
      && SweepFolder(above).holdsRuns
  }
}
