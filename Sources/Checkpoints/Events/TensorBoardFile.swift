import Files
import Foundation

/// An event file of TensorBoard in a folder of its own.
package struct TensorBoardFile {
  /// TensorBoard reads files whose names contain `tfevents`.
  static let name = "events.out.tfevents.recallbench"

  package let url: URL

  package init(in folder: URL) { url = folder.appending(path: Self.name) }

  /// Makes the file consist of these events.
  ///
  /// If the events that the file has are the first of these, the others are appended, as
  /// TensorBoard expects while it is open; times do not count. Otherwise the file is replaced. So a
  /// run that is resumed, or trained again, neither repeats nor loses an event.
  package func update(_ events: [TensorBoardEvent]) throws {
    let records = [TensorBoardEvent.version(time: events.first?.time ?? 0)] + events.map(\.record)
    try AtomicFile.createFolder(url.deletingLastPathComponent())
    let old = (try? Data(contentsOf: url)) ?? Data()
    let stored = TensorBoardRecords.read(old)
    let isBeginning =
      !stored.records.isEmpty && stored.records.count <= records.count
      && zip(stored.records, records).allSatisfy {
        TensorBoardEvent.timeless($0) == TensorBoardEvent.timeless($1)
      }
    let new = records.dropFirst(isBeginning ? stored.records.count : 0)
    let data = Data(new.map(TensorBoardRecords.frame).joined())
    if isBeginning, new.isEmpty, stored.size == old.count { return }
    if isBeginning {
      try append(data, at: stored.size)
    } else {
      AtomicFile.removeLeftovers(of: url)
      try AtomicFile.write(data, to: url)
    }
  }

  /// - Parameter size: of the whole records in the file; what follows is cut off.
  private func append(_ data: Data, at size: Int) throws {
    do {
      let file = try FileHandle(forWritingTo: url)
      defer { try? file.close() }
      try file.truncate(atOffset: UInt64(size))
      try file.seekToEnd()
      try file.write(contentsOf: data)
    } catch {
      throw UserError(
        path: url.path, problem: "cannot be written: \(error.localizedDescription)")
    }
  }
}
