import Checkpoints
import Experiments
import Files
import Foundation
import Tensors

extension FuzzTarget {
  static let arrays = [
    FuzzTarget(
      name: "npy", title: "NumPy arrays (.npy)", memoryFactor: 64,
      seeds: { fixtures, _ in try FuzzSequence.files(fixtures.appending(path: "npy")) },
      mutator: MixedMutator(HeaderMutator.npy, ByteMutator(), part: 6)
    ) { input, place in
      let url = try place.write(input, to: "a.npy")
      let types = ["|u1", "<i4", "<i8", "<f4", "<f8"]
      switch try NumPy.elementType(of: url, among: types) {
      case "|u1": return try decoded(input, UInt8.self, url)
      case "<i4": return try decoded(input, Int32.self, url)
      case "<i8": return try decoded(input, Int64.self, url)
      case "<f4": return try decoded(input, Float.self, url)
      default: return try decoded(input, Double.self, url)
      }
    },
    FuzzTarget(
      name: "zip", title: "zip archives (.npz)", memoryFactor: 1032 + 64,
      seeds: { fixtures, place in [try StoredTemplate.file("arrays.npz")] + torchZips(fixtures) },
      mutator: MixedMutator(ByteMutator(), ZipMutator { _ in ByteMutator() })
    ) { input, _ in
      let archive = try ZipArchive(input)
      let sizes = try archive.names.map { try archive.contents(of: $0)?.count ?? -1 }
      return "\(sizes.count) members"
    },
  ]

  static let weights = [
    FuzzTarget(
      name: "pickle", title: "PyTorch checkpoints (zip)", memoryFactor: 256,
      seeds: { fixtures, _ in torchZips(fixtures) },
      mutator: MixedMutator(
        ZipMutator { name -> any Mutator in
          if name.hasSuffix(".pkl") { PickleMutator() } else { ByteMutator() }
        },
        ByteMutator(), part: 9), run: readWeights),
    FuzzTarget(
      name: "pickle-legacy", title: "PyTorch checkpoints (before 1.6)", memoryFactor: 256,
      seeds: { fixtures, _ in
        [try Data(contentsOf: fixtures.appending(path: "checkpoints/tiny.legacy.pth"))]
      }, mutator: PickleMutator(), run: readWeights),
    FuzzTarget(
      name: "safetensors", title: "safetensors", memoryFactor: 256,
      seeds: { fixtures, _ in
        [
          try Data(contentsOf: fixtures.appending(path: "checkpoints/tiny.safetensors")),
          try SafeTensors.encode(
            [
              NamedArray(
                name: "module.conv1.weight", shape: [4, 3, 7, 7],
                values: (0..<588).map { Float($0) }),
              NamedArray(name: "module.bn1.weight", shape: [4], values: [1, 2, 3, 4]),
            ], metadata: ["format": "pt"]),
        ]
      }, mutator: MixedMutator(HeaderMutator.safetensors, ByteMutator()), run: readWeights),
  ]

  private static func decoded<Element: NumPyElement>(
    _ input: Data, _ type: Element.Type, _ url: URL
  ) throws -> String {
    let (shape, values) = try NumPy.decode(input, as: type, of: url)
    guard shape.checkedProduct == values.count else { throw Contradiction("shape") }
    return "\(type) of \(shape.count) axes"
  }

  /// The small one, and one as training scripts save it.
  private static func torchZips(_ fixtures: URL) -> [Data] {
    ["tiny.zip.pth", "training-2.zip.pth", "training-4.zip.pth"].compactMap {
      try? Data(contentsOf: fixtures.appending(path: "checkpoints/\($0)"))
    }
  }

  private static let network = StoredTemplate.configuration(loss: "ce", seed: 1)
    .makeNetwork(classes: 2)

  /// Every tensor is read, and what fits is loaded into a network.
  private static let readWeights: @Sendable (Data, FuzzPlace) throws -> String = { input, place in
    let file = try WeightsFile(input)
    var read = 0
    for tensor in file.tensors where tensor.type.isFloatingPoint {
      guard try tensor.values().count == tensor.shape.checkedProduct else {
        throw Contradiction("count")
      }
      read += 1
    }
    let url = try place.write(input, to: "weights")
    let weights = try PretrainedWeights(contentsOf: url)
    // Most files are of another network, which is said after all that is said of their names.
    let loaded: String
    do throws(UserError) {
      loaded = "\(try weights.load(into: network, partial: true).loaded)"
    } catch {
      loaded = "refused: \(error.problem.filter { !$0.isNumber }.prefix(60))"
    }
    return "\(file.format.rawValue), \(min(read, 9)) tensors, loaded \(loaded)"
  }
}
