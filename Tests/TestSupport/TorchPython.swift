import Foundation

/// A Python that has PyTorch, for tests that need one; those are skipped without it.
package enum TorchPython {
  /// That of RECALLBENCH_PYTHON or `python3`; nil if it cannot import torch.
  package static let path = pythonImporting("torch")

  package static var isThere: Bool { path != nil }

  /// Why a test is skipped.
  package static let missing =
    "neither RECALLBENCH_PYTHON nor python3 is a Python with torch: set RECALLBENCH_PYTHON to one"

  /// Whether a process with this number is there and not a zombie.
  package static func isRunning(_ id: Int32) -> Bool {
    guard kill(id, 0) == 0 else { return false }
    let status = FileManager.default.contents(atPath: "/proc/\(id)/stat") ?? Data()
    let fields = String(decoding: status, as: UTF8.self).split(separator: ") ")
    return fields.last?.hasPrefix("Z") != true
  }

  /// Waits until a condition holds, ten seconds at most.
  package static func soon(_ condition: () -> Bool) -> Bool {
    let end = Date.now.addingTimeInterval(10)
    while Date.now < end {
      if condition() { return true }
      usleep(10_000)
    }
    return condition()
  }
}
