import Files
import Foundation

/// The output folder of a sweep: `runs/` with a folder for each run, `splits/` with the shared
/// lists of images, `code/` with the shared lists of source files, and the packed runs; see
/// `RunPack`.
package struct SweepFolder: Hashable, Sendable {
  package let url: URL

  package init(_ url: URL) { self.url = url }

  /// Finds the output folder that contains the folder of a run.
  package init(ofRun run: URL) {
    url = run.absoluteURL.standardizedFileURL.deletingLastPathComponent()
      .deletingLastPathComponent()
  }

  /// Removes what processes that were killed left half-written, except in the folders of runs. No
  /// other process may be writing here.
  package func removeLeftovers() {
    for folder in written { AtomicFile.removeLeftovers(in: folder) }
  }

  /// The same, except of processes that may still be running.
  func removeOrphans() {
    for folder in written { AtomicFile.removeOrphans(in: folder) }
  }

  /// The same, unless a sweep is running here.
  package func removeLeftoversUnlessRunning() {
    guard written.contains(where: { !AtomicFile.leftovers(in: $0).isEmpty }),
      let claim = try? claimAll()
    else { return }
    removeLeftovers()
    claim.release()
  }

  /// The folder itself and those in it whose files are written one by one.
  private var written: [URL] {
    [url] + ["splits", "code", "figures", "tables"].map { url.appending(path: $0) }
  }

  package var runs: URL { url.appending(path: "runs") }
  var splits: SplitStore { SplitStore(url: url.appending(path: "splits")) }
  var codes: CodeStore { CodeStore(url: url.appending(path: "code")) }
}

/// Decodes a JSON file.
/// - Throws: `UserError` naming the file.
func readJSON<Value: Decodable>(_ type: Value.Type, _ url: URL) throws(UserError) -> Value {
  let data = try BoundedFile.read(url, atMost: BoundedFile.mostRecordBytes)
  return try CanonicalJSON.decode(type, from: data, of: url)
}
