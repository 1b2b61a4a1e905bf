import Datasets
import Experiments

/// The paper's settings on a data set, as far as they are known from it and its authors' code.
private struct PaperSetting {
  let width: Int
  let height: Int
  let iterations: Int
  let learningRate: Double
  let evaluate: Split
  let augmentation: Augmentation
  let split: SplitScheme
  let batch = 6

  static func of(_ name: DatasetName) -> PaperSetting? {
    switch name {
    case .synthia:
      PaperSetting(
        width: 768, height: 384, iterations: 100_000, learningRate: 1e-3, evaluate: .test,
        augmentation: .none, split: .shuffled)
    case .cityscapes:
      PaperSetting(
        width: 769, height: 769, iterations: 90_000, learningRate: 1e-4, evaluate: .validation,
        augmentation: .cityscapes, split: .official)
    case .camvid: nil
    }
  }
}

extension Setting {
  /// What differs from the paper, each as `ours (the paper: theirs)`.
  var differencesFromPaper: [String] {
    let (data, training) = (shared.data, shared.training)
    var list: [String] = []
    func compare<T: Equatable>(_ what: String, _ ours: T, _ theirs: T, _ text: (T) -> String) {
      if ours != theirs { list.append("\(what) \(text(ours)) (the paper: \(text(theirs)))") }
    }
    guard let paper = PaperSetting.of(data.name) else {
      list.append("\(data.name.title) itself, which the paper does not use")
      compare("width multiplier", shared.width, 1, plain)
      compare("batch", training.batch, 6, String.init)
      return list + ["random initial weights (the paper: ImageNet-pretrained)"]
    }
    if data.source == .rendered {
      list.append("rendered images (the paper: the real \(data.name.title))")
    }
    compare("input", [data.width, data.height], [paper.width, paper.height]) {
      "\($0[0])x\($0[1])"
    }
    compare("width multiplier", shared.width, 1, plain)
    compare("iterations", training.iterations, paper.iterations, String.init)
    compare("batch", training.batch, paper.batch, String.init)
    compare("learning rate", training.learningRate, paper.learningRate, plain)
    compare("checkpoint", training.checkpoint, .best) {
      $0 == .last ? "last" : "best by validation"
    }
    compare("evaluated split", data.evaluate, paper.evaluate, \.rawValue)
    compare("split", data.split, paper.split, \.rawValue)
    compare("augmentation", data.augmentation, paper.augmentation, \.rawValue)
    if data.trainLimit != nil || data.evaluateLimit != nil {
      list.append("only part of the images (the paper: all)")
    }
    return list + ["random initial weights (the paper: ImageNet-pretrained)"]
  }

  /// The plain line that stands with each table.
  var scaledDownLine: String {
    "Scaled down from the paper: " + differencesFromPaper.joined(separator: "; ") + "."
  }
}
