import Datasets
import Files
import Models

/// One element of a sweep file's `settings`: a network, an input size and a training that all data
/// sets and losses of the sweep are run with. What it leaves out is as in the rest of the file.
package struct SweepSetting: Hashable, Sendable {
  /// Nil for all backbones of the sweep.
  var backbones: [Backbone]?
  var architecture: Architecture?
  var width: Double?
  /// The input size in training and evaluation, in pixels.
  var size: Extent?

  struct Extent: Hashable, Sendable {
    var height: Int
    var width: Int
  }

  func applies(to backbone: Backbone) -> Bool { backbones?.contains(backbone) ?? true }

  func resized(_ data: DataConfiguration) -> DataConfiguration {
    guard let size else { return data }
    var data = data
    (data.height, data.width) = (size.height, size.width)
    return data
  }
}

/// A training with the learning rates to try.
struct TrainingRates: Hashable, Sendable {
  var training: TrainingConfiguration
  /// If empty, only the one in `training`.
  var rates: [Double]

  /// `training` with each of the learning rates.
  var all: [TrainingConfiguration] {
    guard !rates.isEmpty else { return [training] }
    return rates.map { rate in
      var training = training
      training.learningRate = rate
      return training
    }
  }
}

extension YAMLValue {
  /// Reads one element of `settings`, with its part of `training`.
  func setting() throws(UserError) -> (SweepSetting, TrainingFields) {
    let own = SweepSection.settings.keys
    let fields = try fields(own + SweepSection.training.keys)
    var setting = SweepSetting()
    setting.backbones = try fields["backbones"]?.list { value throws(UserError) in
      try value.choice(of: Backbone.allCases)
    }
    setting.architecture = try fields["architecture"]?.choice(of: Architecture.allCases)
    setting.width = try fields["width"]?.positive(upTo: 1)
    if let (height, width) = try fields["size"]?.extent() {
      setting.size = .init(height: height, width: width)
    }
    return (setting, TrainingFields(fields: fields.filter { !own.contains($0.key) }))
  }

  /// Reads `evaluate`: what runs store besides their confusion matrices.
  /// - Returns: nil where nothing is asked for that runs do not store anyway.
  func evaluation() throws(UserError) -> EvaluationConfiguration? {
    let fields = try fields(.evaluate)
    var evaluation = EvaluationConfiguration()
    evaluation.priorCorrection = try fields["prior_correction"]?.list { value throws(UserError) in
      try value.number(in: 0...1)
    }.sorted()
    evaluation.boundary = try fields["boundary"]?.flag() == true ? true : nil
    evaluation.calibration = try fields["calibration"]?.flag() == true ? true : nil
    return evaluation == EvaluationConfiguration() ? nil : evaluation
  }
}

extension Sweep {
  /// - Throws: `UserError` if a backbone has no setting.
  func checkSettings() throws(UserError) {
    for backbone in backbones
    where !settings.isEmpty && !settings.contains(where: { $0.applies(to: backbone) }) {
      throw UserError(
        path: file,
        problem: "has no setting for \(backbone); add one to 'settings', or give other --backbones")
    }
  }

  /// Replaces the settings by the one that applies to a backbone, for a command that trains one run.
  /// - Throws: `UserError` if several apply.
  package mutating func useOnlySetting(of backbone: Backbone) throws(UserError) {
    let places = settings.indices.filter { settings[$0].applies(to: backbone) }
    guard let place = places.first else { return }
    guard places.count == 1 else {
      throw UserError(
        path: file, problem: "has \(places.count) settings for \(backbone); train them with 'sweep'"
      )
    }
    let setting = settings[place]
    architecture = setting.architecture ?? architecture
    width = setting.width ?? width
    for index in datasets.indices {
      datasets[index].data = setting.resized(datasets[index].data)
      let trainings = datasets[index].settingTrainings[place]
      (datasets[index].training, datasets[index].learningRates) = (
        trainings.training, trainings.rates
      )
    }
    settings = []
  }
}
