import Files
import Foundation
import FuzzTargets

/// An input on which a reader went wrong.
struct Finding {
  let target: FuzzTarget
  let end: WorkerProcess.End
  let reason: String
  var input: Data

  /// The same for inputs that show the same fault, as far as the reason tells.
  var key: String { "\(target.name) \(end.name) \(reason.filter { !$0.isNumber })" }

  /// Stores the input under a name that tells what it does.
  /// - Returns: where.
  func store(in folder: URL) throws -> URL {
    let place = folder.appending(path: target.name)
    try AtomicFile.createFolder(place)
    let url = place.appending(path: "\(end.name)-\(xxh64(input))")
    try AtomicFile.write(input, to: url)
    return url
  }

  /// The smallest part of the input found in half a minute that ends in the same way.
  func minimized(_ fixtures: URL) throws -> Finding {
    var smallest = self
    // A hang takes ten seconds each time.
    if end == .hang { return self }
    let limit = SharedState.now + 30_000_000_000
    var part = max(1, input.count / 2)
    while part > 0 {
      var start = 0
      while start < smallest.input.count {
        guard SharedState.now < limit else { return smallest }
        var shorter = [UInt8](smallest.input)
        shorter.removeSubrange(start..<min(shorter.count, start + part))
        if try ends(Data(shorter), fixtures) {
          smallest.input = Data(shorter)
        } else {
          start += part
        }
      }
      part /= 2
    }
    return smallest
  }

  private func ends(_ shorter: Data, _ fixtures: URL) throws -> Bool {
    let worker = try Self.reader(shorter, target, fixtures)
    return worker.wait() == end && Self.kind(worker.reason) == Self.kind(reason)
  }

  private static func kind(_ reason: String) -> String { reason.filter { !$0.isNumber } }

  /// A process that reads one input.
  static func reader(
    _ input: Data, _ target: FuzzTarget, _ fixtures: URL
  ) throws -> WorkerProcess {
    let file = FileManager.default.temporaryDirectory.appending(
      path: "recallbench-fuzz-\(getpid())-input")
    try AtomicFile.write(input, to: file)
    return try WorkerProcess(["one", target.name, fixtures.path, file.path])
  }
}
