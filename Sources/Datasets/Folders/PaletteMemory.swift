import Files
import Foundation
import Synchronization

/// The colors of palette indices in the label files read so far. Where indices are ids, one index has one
/// color: programs that save or optimize files may order a palette anew, and the ids are then lost.
final class PaletteMemory: Sendable {
  private let known = Mutex<[Int: (color: [UInt8], file: URL)]>([:])

  /// - Throws: `UserError` if an index has another color than in a file before.
  func add(_ colors: [Int: [UInt8]], of url: URL) throws(UserError) {
    let conflict = known.withLock { known -> (index: Int, file: URL)? in
      for (index, color) in colors.sorted(by: { $0.key < $1.key }) {
        if let other = known[index], other.color != color { return (index, other.file) }
        if known[index] == nil { known[index] = (color, url) }
      }
      return nil
    }
    guard let (index, file) = conflict else { return }
    throw UserError(
      path: url.path,
      problem: "its palette has another color at index \(index) than that of \(file.path), so that "
        + "indices are not ids; save both with one palette, or use label_type rgb")
  }
}
