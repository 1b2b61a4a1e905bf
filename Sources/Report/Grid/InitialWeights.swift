import Experiments
import Models

/// The pretrained weights that runs began from, for captions.
struct InitialWeights: Hashable {
  let pretraining: Pretraining
  /// The file's name, where a run has recorded it.
  let file: String?
  let backbone: Backbone

  /// torchvision's ImageNet weights of ResNet-18 and ResNet-101, by the first digits of the
  /// SHA-256 of their files, which are also part of the files' names.
  private static let imageNet18 = ["5c106cde", "f37072fd"]
  private static let imageNet101 = ["5d3b4d8f", "63fe2227", "cd907fc2"]

  private var isImageNet: Bool { begins(with: Self.imageNet18 + Self.imageNet101) }

  private func begins(with digests: [String]) -> Bool {
    digests.contains { pretraining.sha256.hasPrefix($0) }
  }

  /// Whether tensors of basic blocks are taken into the authors' bottlenecks where name and shape
  /// fit, as their code does.
  private var isFiltered: Bool { pretraining.partial && backbone == .resnet18Authors }

  var caption: String {
    let origin =
      isImageNet
      ? "backbone pretrained on ImageNet by torchvision" : "pretrained weights from a file"
    let rest =
      isFiltered
      ? "; taken where name and shape fit, as by the authors' code; the rest random"
      : "; tensors that did not fit were random"
    let part = pretraining.partial ? rest : ""
    return
      "\(origin) (\(file.map { $0 + ", " } ?? "")SHA-256 \(pretraining.sha256.prefix(12))\(part))"
  }

  /// How these weights differ from the paper's, which are pretrained on ImageNet; nil: they do not.
  var deviation: String? {
    if isFiltered, begins(with: Self.imageNet18) { return nil }
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
    guard !files.isEmpty else {
      return [InitialWeights(pretraining: pretraining, file: nil, backbone: shared.backbone)]
    }
    return files.map {
      InitialWeights(pretraining: pretraining, file: $0, backbone: shared.backbone)
    }
  }
}
