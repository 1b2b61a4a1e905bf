import Files
import Foundation
import Synchronization

/// What the palettes of the label files read so far say about ids. Where indices are ids, an index has
/// one color and a color one index: programs that save or optimize files may order a palette anew, and
/// the ids are then lost.
package final class PaletteMemory: Sendable {
  private let known = Mutex(KnownPalettes())

  package init() {}

  /// - Parameters:
  ///   - palette: nil for a file without one.
  ///   - takesGrays: whether the grays of a gray palette are the ids.
  ///   - isId: whether the data set has an id.
  /// - Throws: `UserError` if it contradicts that of a file before.
  func add(
    _ palette: Palette?, of url: URL, takesGrays: Bool, isId: (Int) -> Bool
  ) throws(UserError) {
    let kind = KnownPalettes.Kind(palette, takesGrays: takesGrays, isId: isId)
    // Grays that are taken as ids say nothing about indices.
    let indexed = takesGrays && kind == .grays ? nil : palette
    let problem = known.withLock { known -> UserError? in
      if let problem = known.add(kind, of: url) { return problem }
      return known.add(indexed, of: url)
    }
    if let problem { throw problem }
  }
}

private struct KnownPalettes {
  /// What the ids of a file are, where it says so.
  enum Kind {
    /// The grays of a palette, or, where indices are ids, what looks like it.
    case grays
    /// Not the grays of a palette.
    case numbers

    init?(_ palette: Palette?, takesGrays: Bool, isId: (Int) -> Bool) {
      if takesGrays {
        guard let palette else { return nil }
        if palette.grays != nil {
          self = .grays
        } else if palette.showsColors {
          self = .numbers
        } else {
          return nil
        }
        return
      }
      guard let palette else {
        self = .numbers
        return
      }
      let grays = palette.misplacedGrays
      guard !grays.isEmpty, palette.grays != nil, grays.allSatisfy(isId) else { return nil }
      self = .grays
    }
  }

  private struct Place {
    var index: Int
    /// All indices of the color in the file's palette.
    var indices: Set<Int>
    var file: URL
  }

  /// The first file of each kind.
  private var files: [Kind: URL] = [:]
  private var colors: [Int: (color: [UInt8], file: URL)] = [:]
  private var places: [[UInt8]: Place] = [:]

  mutating func add(_ kind: Kind?, of url: URL) -> UserError? {
    guard let kind else { return nil }
    files[kind] = files[kind] ?? url
    guard let grays = files[.grays], let numbers = files[.numbers] else { return nil }
    return UserError(
      path: grays.path,
      problem:
        "its palette has grays at other indices than their own, as in an optimized gray file, "
        + "but the ids of \(numbers.path) are no grays of a palette; save both in one way, as gray "
        + "files without a palette")
  }

  mutating func add(_ palette: Palette?, of url: URL) -> UserError? {
    guard let palette else { return nil }
    for (index, color) in palette.usedColors.sorted(by: { $0.key < $1.key }) {
      if let other = colors[index], other.color != color {
        return contradiction(index, url, other.file)
      }
      let indices = Set(palette.colors.indices.filter { palette.colors[$0] == color })
      if let place = places[color], !place.indices.contains(index), !indices.contains(place.index) {
        return contradiction(index, url, place.file)
      }
      if colors[index] == nil { colors[index] = (color, url) }
      if places[color] == nil { places[color] = Place(index: index, indices: indices, file: url) }
    }
    return nil
  }

  private func contradiction(_ index: Int, _ url: URL, _ file: URL) -> UserError {
    UserError(
      path: url.path,
      problem: "its palette has another color at index \(index) than that of \(file.path), so that "
        + "indices are not ids; save both with one palette, or describe the data set with label_type "
        + "rgb")
  }
}
