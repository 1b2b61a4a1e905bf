import Datasets
import Experiments
import Files
import Models

/// One way in which a setting deviates from the paper's.
struct PaperDeviation: Hashable {
  let what: String
  let ours: String
  let theirs: String
}

/// `1024x2048` of `2048x1024`, for every size in a text: the paper's settings have the width first.
private func heightFirst(_ text: String) -> String {
  text.replacing(/(\d+)x(\d+)/) { "\($0.2)x\($0.1)" }
}

extension Setting {
  var deviationsFromPaper: [PaperDeviation] {
    let (data, training) = (shared.data, shared.training)
    var list: [PaperDeviation] = []
    func compare<T: Equatable>(_ what: String, _ ours: T, _ theirs: T, _ text: (T) -> String) {
      if ours != theirs {
        list.append(PaperDeviation(what: what, ours: text(ours), theirs: text(theirs)))
      }
    }
    let title = data.name.title
    if let paper = DatasetRegistry.descriptor(named: data.name)?.paper {
      compare("images", data.source, .real) { $0 == .real ? "real \(title)" : "rendered stand-in" }
      if data.trainLimit != nil || data.evaluateLimit != nil {
        list.append(PaperDeviation(what: "part of the images", ours: "some", theirs: "all"))
      }
      if data.void != .counts, let ours = data.classesText {
        list.append(PaperDeviation(what: "scores over", ours: ours, theirs: "14, with void"))
      }
      compare("input", data.inputSize, heightFirst(paper.input), \.self)
      compare("iterations", training.iterations, paper.iterations, String.init)
      compare("learning rate", training.learningRate, paper.learningRate) {
        $0 == 0 ? "chosen for each loss" : plain($0)
      }
      compare("evaluated split", data.evaluate, paper.evaluate, \.rawValue)
      compare("split", data.split, paper.split, \.rawValue)
      compare("augmentation", data.augmentationText, paper.augmentation.rawValue, \.self)
      compare("checkpoint", training.checkpoint, .best) {
        $0 == .last ? "last" : "best by validation"
      }
    } else {
      list.append(
        PaperDeviation(
          what: "data set", ours: title, theirs: "SYNTHIA and Cityscapes, not \(title)"))
    }
    list.append(
      PaperDeviation(
        what: "network", ours: architecture.title + ", corners not aligned",
        theirs: "\(Architecture.deeplabv3.title) by its text, "
          + "\(Architecture.deeplabv3plus.title) with aligned corners by its authors' code"))
    if !shared.backbone.isInPaper {
      let theirs = Backbone.allCases.filter(\.isInPaper).map(\.title).joined(separator: ", ")
      list.append(PaperDeviation(what: "backbone", ours: shared.backbone.title, theirs: theirs))
    }
    compare("width multiplier", shared.width, 1, plain)
    compare("batch", training.batch, 6, String.init)
    compare("optimizer", training.optimizerText, "Adam", \.self)
    compare("schedule of the learning rate", training.scheduleText, "constant", \.self)
    let weights = initialWeights([]).first
    if let ours = weights == nil ? "random" : weights?.deviation {
      list.append(
        PaperDeviation(what: "initial weights", ours: ours, theirs: "ImageNet-pretrained"))
    }
    return list
  }

  /// The deviations in one line.
  var deviationsText: String {
    let list = deviationsFromPaper.map { "\($0.what) \($0.ours) (the paper: \($0.theirs))" }
    return (list.isEmpty ? "no setting" : list.joined(separator: "; ")) + "."
  }

  /// The plain line that stands with each table.
  var scaledDownLine: String { "Scaled down from the paper: " + deviationsText }

  /// The same for a figure whose caption has just named our settings.
  var scaledDownShort: String {
    let list = deviationsFromPaper.map { "\($0.what) \($0.theirs)" }
    return list.isEmpty
      ? "The paper's settings." : "Scaled down; the paper has: \(list.joined(separator: "; "))."
  }
}
