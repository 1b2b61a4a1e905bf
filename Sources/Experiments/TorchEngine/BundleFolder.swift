import Files
import Foundation

/// A bundle, and what the Python program has left in it.
package struct BundleFolder: Sendable {
  package let url: URL
  let document: BundleDocument
  /// The SHA-256 of the document, which names the bundle in records.
  let digest: String

  static let document = "bundle.json"

  /// - Throws: `UserError` if the folder is no bundle, or one of another version, or if a file of it was
  ///   changed.
  package init(_ url: URL) throws {
    self.url = url
    let file = url.appending(path: Self.document)
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw UserError(
        path: url.path,
        problem: "is not a bundle (it has no \(Self.document)); give the folder that 'bundle' wrote"
      )
    }
    let content = try BoundedFile.read(file, atMost: BoundedFile.mostRecordBytes)
    try Self.checkVersion(content, file)
    document = try CanonicalJSON.decode(BundleDocument.self, from: content, of: file)
    digest = sha256(content)
    try checkRuns(file)
  }

  private struct Version: Decodable { var version: Int }

  private static func checkVersion(_ content: Data, _ file: URL) throws(UserError) {
    let version = try CanonicalJSON.decode(Version.self, from: content, of: file).version
    guard version != BundleDocument.version else { return }
    throw UserError(
      path: file.path,
      problem: "is a bundle of version \(version), and this program reads version "
        + "\(BundleDocument.version); import it with the program that wrote it")
  }

  private func checkRuns(_ file: URL) throws {
    let names = Set(document.runs.map(\.name))
    guard !names.isEmpty, names.count == document.runs.count, !document.sweep.isEmpty,
      !document.sweep.hasPrefix("."), !document.sweep.contains("/")
    else {
      throw UserError(
        path: file.path,
        problem:
          "was changed: it has no runs, one of them twice, or a sweep without a name; copy the "
          + "bundle again")
    }
    for run in document.runs {
      guard try run.configuration.digest == run.digest, try run.configuration.runName == run.name,
        (1...255).contains(run.classes)
      else {
        throw UserError(
          path: file.path,
          problem: "was changed: the configuration of \(quoted(run.name)) does not match its digest"
        )
      }
    }
  }

  /// The sweep's name.
  package var sweep: String { document.sweep }

  /// The commit whose program the bundle came with, if it is not this program's own: a Python file differs.
  package var otherProgram: String? {
    document.sources == EngineSources.digests ? nil : printable(document.program.commit)
  }

  package var runs: [RunConfiguration] { document.runs.map(\.configuration) }

  /// Where the results of a run are.
  func folder(of run: BundleDocument.Run) -> URL { url.appending(path: "runs/\(run.name)") }

  /// The content of one of the files that the bundle lists.
  /// - Throws: `UserError` if it is missing or was changed.
  func content(of path: String) throws(UserError) -> Data {
    let file = url.appending(path: path)
    guard !path.contains(".."), let expected = document.files[path] else {
      throw UserError(path: file.path, problem: "is not a file of the bundle")
    }
    try requireThere(file, advice: "copy the bundle again")
    let content = try BoundedFile.read(file, atMost: BoundedFile.mostRecordBytes)
    guard sha256(content) == expected else {
      throw UserError(
        path: file.path,
        problem: "was changed since the bundle was written; copy it from the original bundle")
    }
    return content
  }

  /// Which images the runs used.
  func data(_ name: String) throws(UserError) -> BundledData {
    let path = "data/\(name).json"
    return try CanonicalJSON.decode(
      BundledData.self, from: content(of: path), of: url.appending(path: path))
  }

  func store(_ name: String) throws(UserError) -> BundledStore {
    let path = "stores/\(name).json"
    return try CanonicalJSON.decode(
      BundledStore.self, from: content(of: path), of: url.appending(path: path))
  }
}

/// - Throws: `UserError` with what to do if the file is not there.
func requireThere(_ file: URL, advice: String) throws(UserError) {
  guard !FileManager.default.fileExists(atPath: file.path) else { return }
  throw UserError(path: file.path, problem: "is missing; \(advice)")
}

/// The number of bytes of all files below a folder.
func bytes(below folder: URL) -> Int {
  let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.fileSizeKey])
  return (files?.allObjects as? [URL] ?? []).reduce(0) { sum, file in
    sum + ((try? file.resourceValues(forKeys: [.fileSizeKey]))?.fileSize ?? 0)
  }
}
