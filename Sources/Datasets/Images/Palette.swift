import Files
import Foundation

/// The palette of a label file, and which of its entries occur.
///
/// Optimizers of files store a gray image as indices into its grays, in any order. The picture stays the
/// same, but the indices are not the ids that were saved.
struct Palette: Hashable, Sendable {
  /// Red, green and blue of each entry.
  let colors: [[UInt8]]
  /// The indices that occur, ascending.
  let used: [Int]

  /// Nil for a file without palette indices.
  init?(_ raster: PNG.Raster, _ chunks: PNGChunks?) {
    guard let chunks, chunks.isIndexed, raster.channels == 1, raster.bitDepth == 8 else {
      return nil
    }
    let bytes = chunks.palette
    colors = (0..<bytes.count / 3).map { Array(bytes[3 * $0..<3 * $0 + 3]) }
    used = raster.values
  }

  /// The colors of the indices that occur.
  var usedColors: [Int: [UInt8]] {
    Dictionary(uniqueKeysWithValues: used.compactMap { i in color(i).map { (i, $0) } })
  }

  /// Whether a color that is not gray occurs.
  var showsColors: Bool { used.contains { color($0) != nil && gray($0) == nil } }

  /// The gray of each palette index, where only grays occur and an index is not its own gray; nil
  /// otherwise, and for a palette of colors, in which some are gray.
  var grays: [UInt8]? {
    guard !isOfColors, used.allSatisfy({ gray($0) != nil }), used.contains(where: isElsewhere)
    else { return nil }
    return (0..<256).map { gray($0) ?? 0 }
  }

  /// The grays that occur at another index than their own; none for a palette of colors.
  var misplacedGrays: [Int] {
    isOfColors ? [] : used.filter(isMisplaced).compactMap { gray($0).map { Int($0) } }
  }

  /// Whether the palette was chosen for display: it has more colors than misplaced grays.
  private var isOfColors: Bool {
    let colored = Set(colors.indices.filter { gray($0) == nil }.map { colors[$0] })
    return colored.count > Set(colors.indices.filter(isMisplaced).map { colors[$0] }).count
  }

  private func color(_ index: Int) -> [UInt8]? {
    colors.indices.contains(index) ? colors[index] : nil
  }

  private func gray(_ index: Int) -> UInt8? {
    guard let color = color(index), color[0] == color[1], color[0] == color[2] else { return nil }
    return color[0]
  }

  private func isElsewhere(_ index: Int) -> Bool { gray(index).map { Int($0) != index } ?? false }

  /// Black and white are chosen for display as often as colors are.
  private func isMisplaced(_ index: Int) -> Bool {
    isElsewhere(index) && gray(index) != 0 && gray(index) != 255
  }
}

extension Palette {
  /// - Throws: `UserError` where grays are ids, if colors occur as well, and each of the grays is an id
  ///   that is not its index: the ids may be either.
  func checkGrays(of url: URL, isId: (Int) -> Bool) throws(UserError) {
    let grays = misplacedGrays
    guard showsColors, let first = grays.first, grays.allSatisfy(isId) else { return }
    throw UserError(
      path: url.path,
      problem:
        "its palette mixes colors with grays at other indices than their own (such as \(first)), "
        + "so that the ids may be grays or indices; save it as gray without a palette")
  }
}

extension PNG.Raster {
  /// The bytes that occur, ascending.
  fileprivate var values: [Int] {
    var occurs = [Bool](repeating: false, count: 256)
    for byte in bytes { occurs[Int(byte)] = true }
    return occurs.indices.filter { occurs[$0] }
  }
}
