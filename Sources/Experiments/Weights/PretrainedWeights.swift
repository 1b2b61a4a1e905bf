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
    let fit = PretrainedFit(file.tensors, unreadable: file.unreadable, to: targets)
    if let ambiguity = fit.ambiguity {
      throw UserError(path: url.path, problem: ambiguity + howToSave(fit.prefix))
    }
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
      place: place(fit.prefix), loaded: fit.pairs.count, leftOut: fit.leftOut,
      untouched: fit.untouched)
  }
}

extension PretrainedWeights {
  /// Where the tensors of a prefix are in the file.
  private func place(_ prefix: String) -> String {
    var parts: [String] = []
    if !file.place.isEmpty { parts.append("in \(file.place)") }
    if !prefix.isEmpty { parts.append("under names that begin with \(quoted(prefix))") }
    return parts.joined(separator: ", ")
  }

  /// Python that saves the tensors of a prefix alone.
  private func howToSave(_ prefix: String) -> String {
    let path =
      shellQuoted(url.lastPathComponent) == url.lastPathComponent ? url.lastPathComponent : "FILE"
    let chosen = "{k: v for k, v in w.items() if k.startswith(\(quoted(prefix)))}"
    if file.format == .safetensors {
      return "; save the one that you want: from safetensors.torch import load_file, save_file; "
        + "w = load_file('\(path)'); save_file(\(chosen), 'one.safetensors')"
    }
    return "; save the one that you want: import torch; w = torch.load('\(path)')\(file.place); "
      + "torch.save(\(chosen), 'one.pth')"
  }

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

  /// What stands before the network's names in the file.
  private(set) var prefix = ""
  /// Why it is not clear which tensors are meant: the file holds several networks.
  private(set) var ambiguity: String?

  /// - Parameters:
  ///   - unreadable: kinds of the file's tensors that cannot be read, by name.
  ///   - targets: the network's tensors under torchvision's DeepLabV3 names, such as
  ///     `backbone.conv1.weight`.
  init(
    _ stored: [StoredTensor], unreadable: [String: String] = [:],
    to targets: [(name: String, tensor: Tensor)]
  ) {
    let names = NamePrefix(
      stored.map(\.name) + unreadable.keys.sorted(), targets: targets.map(\.name))
    prefix = names.prefix
    ambiguity = Self.ambiguity(of: names, stored, targets.map(\.name))
    let byName = Dictionary(targets.map { ($0.name, $0.tensor) }, uniquingKeysWith: { a, _ in a })
    var taken: Set<String> = []
    var (misfits, misfitNames): ([String], Set<String>) = ([], [])
    for tensor in stored {
      let plain = names.plain(tensor.name)
      let name = names.isWhole ? plain : "backbone." + plain
      guard let target = byName[name] else {
        let isCopy = (names.rivals + names.averages).contains { tensor.name.hasPrefix($0.prefix) }
        leave(tensor.name, because: isCopy ? Self.anotherCopy : Self.reason(plain))
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
        leave(tensor.name, because: "different shape from the network's")
        continue
      }
      guard taken.insert(name).inserted else { continue }
      pairs.append((tensor, target))
    }
    for (name, kind) in unreadable.sorted(by: { $0.key < $1.key }) {
      let target = names.isWhole ? names.plain(name) : "backbone." + names.plain(name)
      if byName[target] != nil {
        misfits.append("\(printable(name)) is a \(printable(kind)) tensor, which cannot be read")
        misfitNames.insert(target)
      }
      leave(name, because: "a \(printable(kind)) tensor, which cannot be read")
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

  /// Several copies of the network are no ambiguity where they have the same numbers.
  private static func ambiguity(
    of names: NamePrefix, _ stored: [StoredTensor], _ targets: [String]
  ) -> String? {
    let byName = Dictionary(stored.map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a })
    // A hostile file may hold many copies.
    let different = names.rivals.enumerated().first { index, rival in
      index >= 16
        || targets.contains { target in
          guard let mine = byName[names.candidate.name(of: target)],
            let other = byName[rival.name(of: target)]
          else { return false }
          return !mine.hasSameValues(as: other)
        }
    }
    guard let rival = different?.element else { return nil }
    let more = names.rivals.count > 1 ? " (and \(names.rivals.count - 1) more)" : ""
    return "contains more than one network that fits: names begin with \(quoted(names.prefix)) and "
      + "with \(quoted(rival.prefix))\(more)"
  }

  private static let anotherCopy = "another copy of the network"

  private mutating func leave(_ name: String, because reason: String) {
    if let index = leftOut.firstIndex(where: { $0.reason == reason }) {
      leftOut[index].names.append(name)
    } else {
      leftOut.append(PretrainedReport.Group(reason: reason, names: [name]))
    }
  }

  private static func reason(_ name: String) -> String {
    if name.hasSuffix(".num_batches_tracked") { return "counters that are not needed" }
    if name.hasPrefix("fc.") { return "the ImageNet classifier" }
    if name.hasPrefix("aux_classifier.") { return "the auxiliary head, which is not used" }
    return "unknown to the network"
  }
}
