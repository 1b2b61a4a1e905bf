import Checkpoints
import Datasets
import Files
import Foundation
import Models
import Tensors

/// A weights file that networks are initialized from instead of randomly.
package struct PretrainedFile: Hashable, Sendable {
  package var url: URL
  package var pretraining: Pretraining

  /// Reads the file once to compute its digest.
  /// - Throws: `UserError` if it cannot be read.
  package init(_ url: URL, partial: Bool) throws(UserError) {
    self.url = url
    pretraining = Pretraining(sha256: sha256(try AtomicFile.read(url)), partial: partial)
  }
}

/// Pretrained weights of torchvision's ImageNet ResNets or DeepLabV3, as stored by `torch.save` or
/// safetensors, to initialize training.
package struct PretrainedWeights: Sendable {
  package let url: URL
  package let sha256: String
  let file: WeightsFile

  /// - Throws: `UserError` naming the file if it contains no readable weights.
  package init(contentsOf url: URL) throws(UserError) {
    let data = try AtomicFile.read(url)
    self.url = url
    sha256 = Files.sha256(data)
    do { file = try WeightsFile(data) } catch {
      throw UserError(path: url.path, problem: "contains no readable weights: \(error)")
    }
  }

  /// Loads every tensor that has a counterpart in the network.
  ///
  /// - Parameters:
  ///   - partial: keep the network's value where a tensor is missing or has a different shape;
  ///     otherwise, this is an error.
  ///   - advice: what to do about that error, appended to its message.
  /// - Returns: which tensors were loaded, left out and untouched.
  /// - Throws: `UserError` naming the file; the network may then be partly overwritten.
  @discardableResult
  package func load(
    into network: some Layer, partial: Bool, advice: String = ""
  ) throws(UserError) -> PretrainedReport {
    let targets =
      network.parameters.map { ($0.name, $0.value) } + network.buffers.map { ($0.name, $0.value) }
    let fit = PretrainedFit(file.tensors, to: targets)
    if !fit.hasKnownNames { throw UserError(path: url.path, problem: fit.unknownNames) }
    if !partial, let misfit = fit.misfit {
      throw UserError(
        path: url.path,
        problem: misfit + advice)
    }
    guard !fit.pairs.isEmpty else {
      throw UserError(path: url.path, problem: "contains none of the network's tensors")
    }
    for (stored, target) in fit.pairs {
      let values = try values(of: stored)
      NamedArray(name: stored.name, shape: stored.shape, values: values).importValues(into: target)
    }
    return PretrainedReport(
      file: url.lastPathComponent, sha256: sha256, format: file.format.rawValue,
      loaded: fit.pairs.count, leftOut: fit.leftOut, untouched: fit.untouched)
  }
}

extension PretrainedWeights {
  private func values(of tensor: StoredTensor) throws(UserError) -> [Float] {
    let values: [Float]
    do { values = try tensor.values() } catch {
      throw UserError(path: url.path, problem: error.description)
    }
    guard values.allSatisfy(\.isFinite) else {
      throw UserError(
        path: url.path, problem: "\(printable(tensor.name)) contains values that are not finite")
    }
    return values
  }
}

/// The assignment of stored tensors to the network's tensors.
struct PretrainedFit {
  private(set) var pairs: [(stored: StoredTensor, target: Tensor)] = []
  private(set) var leftOut: [PretrainedReport.Group] = []
  /// The network's tensors that keep their values.
  private(set) var untouched: [String] = []
  /// The first tensor that has a different shape or is missing from the file but required.
  private(set) var misfit: String?

  /// - Parameter targets: the network's tensors under torchvision's DeepLabV3 names, such as
  ///   `backbone.conv1.weight`.
  init(_ stored: [StoredTensor], to targets: [(name: String, tensor: Tensor)]) {
    let names = NamePrefix(stored.map(\.name), targets: targets.map(\.name))
    let byName = Dictionary(targets.map { ($0.name, $0.tensor) }, uniquingKeysWith: { a, _ in a })
    var taken: Set<String> = []
    var (misfits, misfitNames): ([String], Set<String>) = ([], [])
    for tensor in stored {
      let plain = names.plain(tensor.name)
      let name = names.isWhole ? plain : "backbone." + plain
      guard let target = byName[name] else {
        leave(tensor, because: Self.reason(plain))
        continue
      }
      let shape = NamedArray.shape(of: target)
      // A fully connected layer is a 1x1 convolution here.
      let isFullyConnected = plain.hasPrefix("fc.") && tensor.shape + [1, 1] == shape
      guard tensor.shape == shape || isFullyConnected else {
        misfits.append(
          "\(printable(tensor.name)) has shape \(tensor.shape), but the network's has shape "
            + "\(shape)")
        misfitNames.insert(name)
        leave(tensor, because: "different shape from the network's")
        continue
      }
      guard taken.insert(name).inserted else { continue }
      pairs.append((tensor, target))
    }
    untouched = targets.map(\.name).filter { !taken.contains($0) }
    hasKnownNames = !taken.isEmpty || !misfitNames.isEmpty
    // A file without any tensor of the head is one of a backbone.
    let hasHead = names.isWhole && taken.union(misfitNames).contains { !$0.hasPrefix("backbone.") }
    let missing = untouched.first { hasHead || $0.hasPrefix("backbone.") }
    misfit = misfits.first ?? missing.map { "does not contain the network's \($0)" }
    examples = stored.prefix(3).map { printable($0.name) }
  }

  /// Whether a tensor of the file has the name of one of the network's.
  private(set) var hasKnownNames = false
  /// The first names in the file.
  private var examples: [String] = []

  /// For a file in which nothing has a name of the network.
  var unknownNames: String {
    "contains none of the network's tensors; its names begin with \(examples.joined(separator: ", ")), "
      + "those of the network with \(untouched.prefix(1).joined())"
  }

  private mutating func leave(_ tensor: StoredTensor, because reason: String) {
    if let index = leftOut.firstIndex(where: { $0.reason == reason }) {
      leftOut[index].names.append(tensor.name)
    } else {
      leftOut.append(PretrainedReport.Group(reason: reason, names: [tensor.name]))
    }
  }

  private static func reason(_ name: String) -> String {
    if name.hasSuffix(".num_batches_tracked") { return "counters that are not needed" }
    if name.hasPrefix("fc.") { return "the ImageNet classifier" }
    if name.hasPrefix("aux_classifier.") { return "the auxiliary head, which is not used" }
    return "unknown to the network"
  }
}

/// Which tensors were loaded, which were left out, and why.
package struct PretrainedReport: Hashable, Sendable, CustomStringConvertible {
  package struct Group: Hashable, Sendable {
    package var reason: String
    /// Names as in the file.
    package var names: [String]
  }
  package var file: String
  package var sha256: String
  package var format: String
  /// The number of tensors loaded.
  package var loaded: Int
  package var leftOut: [Group]
  /// The network's tensors that keep their random values.
  package var untouched: [String]

  /// One line, plus one for each group.
  package var description: String {
    var lines = [
      "\(loaded) tensors loaded from \(file), \(format), SHA-256 \(sha256)"
    ]
    lines += leftOut.map { "  left out, \($0.reason): \(Self.list($0.names))" }
    if !untouched.isEmpty { lines.append("  randomly initialized: \(Self.list(untouched))") }
    return lines.joined(separator: "\n")
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(3).map(printable).joined(separator: ", ")
    return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
  }
}
