import Datasets
import Experiments
import Files
import Models

extension DataConfiguration {
  /// `769x769, evaluated at 1024x2048`; height x width in pixels.
  var inputSize: String {
    let (height, width) = evaluationSize
    let evaluated =
      (height, width) == (self.height, self.width) ? "" : ", evaluated at \(height)x\(width)"
    return "\(self.height)x\(self.width)" + evaluated
  }

  /// How many classes there are, for a data set whose void can count; nil for others.
  var classesText: String? {
    guard folders == nil, let known = DatasetRegistry.descriptor(named: name),
      let counting = known.countingVoid
    else { return nil }
    return void == .counts
      ? "\(counting.classes.count) classes, void counted as one"
      : "\(known.classes.count) classes, void ignored"
  }
}

extension Setting {
  /// What the numbers were made with: one line for a table or a figure, without the full stop.
  /// - Parameters:
  ///   - seeds: of the runs shown.
  ///   - evaluatedImages: of the runs shown, distinct counts in ascending order.
  ///   - weights: that the runs shown began from, where they are not random.
  ///   - engines: what trained the runs shown, other than this program.
  func caption(
    seeds: [UInt64], evaluatedImages: [Int], naming backbones: [Backbone],
    weights: [InitialWeights], engines: [String]
  ) -> String {
    let data = shared.data
    let training = shared.training
    var parts = [dataText]
    if let classes = data.classesText { parts.append(classes) }
    let network = backbones.map(\.title).joined(separator: ", ")
    parts += [
      "input \(data.inputSize)", data.scoredText,
      "\(architecture.title) \(network) at width multiplier \(plain(shared.width))",
    ]
    parts += weights.isEmpty ? ["random initial weights"] : weights.map(\.caption)
    if !engines.isEmpty { parts.append("trained by \(engines.joined(separator: " and by "))") }
    parts += [
      "\(training.iterations) iterations of batch \(training.batch)",
      training.rateText(learningRateText, isTuned: isTuned),
    ]
    if training.schedule != nil { parts.append("schedule: \(training.scheduleText)") }
    if data.crop != nil { parts.append("augmentation: \(data.augmentationText)") }
    parts.append(seedList(seeds))
    if let limit = data.trainLimit { parts.append("at most \(limit) training images") }
    let count = evaluatedImages.map(String.init).joined(separator: " or ")
    parts.append(
      "evaluated on \(count.isEmpty ? "the" : count) \(evaluatedImages == [1] ? "image" : "images") of the "
        + "\(data.evaluate.rawValue) split")
    parts.append(
      training.checkpoint == .last
        ? "weights after the last iteration" : "best weights by validation mean IoU")
    parts.append(
      data.source != .rendered
        ? "images: \(data.name.citation), read from its files"
        : "images: drawn by RecallBench's own renderer")
    return parts.joined(separator: "; ")
  }
}

extension Setting {
  /// Where the images come from.
  var dataText: String {
    let data = shared.data
    if data.source == .rendered, let render = data.render {
      return "rendered stand-in for \(data.name.title), not the real data (renderer seed "
        + "\(render.seed), at least \(render.train)/\(render.validation)/\(render.test) "
        + "training/validation/test images of \(render.height)x\(render.width))"
    }
    if data.source == .rendered {
      return "rendered stand-in for \(data.name.title), not the real data"
    }
    return "\(data.kind.rawValue): \(data.name.title), "
      + (data.kind == .own ? "split as its description says" : "\(data.split.rawValue) split")
  }
}

extension Panel {
  /// One caption for each setting, led by its letter where there are several.
  var captions: [String] { settings.map(caption) }

  func caption(_ setting: Setting) -> String {
    let runs = rows.filter { $0.setting == setting }.flatMap(\.runs)
    let text = setting.caption(
      seeds: finishedSeeds(setting), evaluatedImages: Set(runs.map(\.evaluatedImages)).sorted(),
      naming: [network.backbone], weights: setting.initialWeights(runs), engines: runs.engines)
    let letter = letter(setting)
    return (letter.isEmpty ? "" : "[\(letter)] ") + text.capitalizedFirst + "."
  }
}

extension [ReportedRun] {
  /// What trained the runs, such as `PyTorch 2.10.0 on NVIDIA H200`; empty where all are this program's.
  var engines: [String] {
    let titles = Set(compactMap { $0.environment?.engine?.title }).sorted()
    let isMixed = contains { $0.environment?.engine == nil }
    return titles.isEmpty ? [] : (isMixed ? ["RecallBench"] : []) + titles
  }
}

/// `seed 1`, `seeds 1, 2`, or `no finished seed`.
func seedList(_ seeds: [UInt64]) -> String {
  let list = seeds.map(String.init).joined(separator: ", ")
  return seeds.isEmpty ? "no finished seed" : (seeds.count == 1 ? "seed " : "seeds ") + list
}

extension String {
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
  var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
