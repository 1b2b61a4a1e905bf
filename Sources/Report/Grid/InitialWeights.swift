import Experiments

/// The pretrained weights that runs began from, for captions.
struct InitialWeights: Hashable {
  let pretraining: Pretraining
  /// The file's name, where a run has recorded it.
  let file: String?

  /// torchvision's ImageNet weights of ResNet-18 and ResNet-101, by the first digits of the
  /// SHA-256 of their files, which are also part of the files' names.
  private static let imageNet = ["5c106cde", "f37072fd", "5d3b4d8f", "63fe2227", "cd907fc2"]

  private var isImageNet: Bool {
    Self.imageNet.contains { pretraining.sha256.hasPrefix($0) }
  }

  var caption: String {
    let origin =
      isImageNet
      ? "backbone pretrained on ImageNet by torchvision" : "pretrained weights from a file"
    let part = pretraining.partial ? "; tensors that did not fit were random" : ""
    return
      "\(origin) (\(file.map { $0 + ", " } ?? "")SHA-256 \(pretraining.sha256.prefix(12))\(part))"
  }

  /// How these weights differ from the paper's, which are pretrained on ImageNet; nil: they do not.
  var deviation: String? {
    if pretraining.partial { return "pretrained in part" }
    return isImageNet ? nil : "pretrained, from a file whose training is not known here"
  }
}

extension Setting {
  /// The pretrained weights of runs, without repetition; empty: random weights.
  /// - Parameter runs: of this setting.
  func initialWeights(_ runs: [ReportedRun]) -> [InitialWeights] {
    guard let pretraining = shared.pretrained else { return [] }
    let files = Set(runs.compactMap(\.pretrainedFile)).sorted()
    guard !files.isEmpty else { return [InitialWeights(pretraining: pretraining, file: nil)] }
    return files.map { InitialWeights(pretraining: pretraining, file: $0) }
  }
}
