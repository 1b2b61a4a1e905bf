import Datasets
import Files
import Foundation
import Scenes

extension YAMLValue {
  private static let mostDatasets = 100

  /// Reads the data set sections, sorted in registry order and then in file order.
  /// - Parameters:
  ///   - common: the file's `training`.
  ///   - settings: the training of each of the file's `settings`.
  func datasets(
    _ common: TrainingFields?, settings: [TrainingFields]
  ) throws(UserError) -> [Sweep.Entry] {
    let known = DatasetRegistry.names.map(\.rawValue)
    guard case .mapping = node else {
      throw mismatch("a mapping of \(known.joined(separator: ", "))")
    }
    var entries: [Sweep.Entry] = []
    let sections = try self.entries()
    guard sections.count <= Self.mostDatasets else {
      throw error("\(label) has \(sections.count) data sets; at most \(Self.mostDatasets)")
    }
    for (key, value) in sections {
      let name = try key.text()
      if let descriptor = DatasetRegistry.descriptor(named: DatasetName(rawValue: name)) {
        entries.append(try Sweep.Entry(descriptor, value, common: common, settings: settings))
      } else if value.isDescribed {
        entries.append(try Sweep.Entry(described: key, value, common: common, settings: settings))
      } else {
        let advice = allowedList(for: name, known)
        throw key.error(
          "unknown key '\(name)' in datasets\(advice), or use your own with source: folders")
      }
    }
    return entries.sorted { $0.data.name.place < $1.data.name.place }
  }

  /// Whether a section is for a user-described data set.
  private var isDescribed: Bool {
    guard case .mapping(let mapping) = node else { return false }
    return mapping["source"]?.string == DataSource.folders.rawValue
  }
}

extension DatasetName {
  /// The position of the data set in sweeps.
  fileprivate var place: Int { DatasetRegistry.names.firstIndex(of: self) ?? .max }
}

extension Sweep.Entry {
  /// Reads a user-described data set, described here or in a separate file.
  fileprivate init(
    described key: YAMLValue, _ value: YAMLValue, common: TrainingFields?,
    settings: [TrainingFields]
  ) throws(UserError) {
    let name = try key.datasetName()
    guard let folders = try value.entries().first(where: { $0.key.isWord("folders") })?.value else {
      throw value.error(
        "source: folders needs 'folders': a description (docs/data.md) or the path of its file")
    }
    let description = try FolderDescription(folders, name: name)
    try self.init(
      DatasetDescriptor(name, description.rules), value, scored: description.scoredSplits,
      common: common, settings: settings)
    data.folders = description.rules
    self.description = description
  }

  fileprivate init(
    _ dataset: DatasetDescriptor, _ value: YAMLValue, scored: [Split]? = nil,
    common: TrainingFields?, settings: [TrainingFields]
  ) throws(UserError) {
    let (name, schemes) = (dataset.name, dataset.splitSchemes)
    let scored = scored ?? dataset.scoredSplits
    let isDescribed = DatasetRegistry.descriptor(named: name) == nil
    let fields = try value.fields(
      SweepSection.dataset.keys + (isDescribed ? [SweepSection.description] : []))
    func required(_ key: String) throws(UserError) -> YAMLValue {
      guard let value = fields[key] else {
        throw value.error("'\(key)' is missing in datasets.\(name)")
      }
      return value
    }
    let source = try required("source")
    data = DataConfiguration(
      name: name,
      source: try source.choice(
        of: isDescribed ? [DataSource.folders] : [.real, .rendered]), render: nil,
      split: try fields["split"]?.choice(of: schemes) ?? schemes[0], height: 0, width: 0,
      augmentation: .none,
      evaluate: try fields["evaluate"]?.choice(of: scored) ?? scored[0],
      trainLimit: nil, evaluateLimit: nil)
    (data.height, data.width) = try required("size").extent()
    if let value = fields["augmentation"] { try data.augment(value) }
    if let void = fields["void"] { data.void = try void.voidRule(dataset) }
    evaluateSize = try fields["evaluate_size"]?.evaluateSize()
    if case .extent(let height, let width) = evaluateSize {
      (data.evaluateHeight, data.evaluateWidth) = (height, width)
    }
    if let limits = try fields["limits"]?.fields(.limits) {
      data.trainLimit = try limits["train"]?.integer(in: RunLimits.images)
      data.evaluateLimit = try limits["evaluate"]?.integer(in: RunLimits.images)
    }
    switch (data.source, fields["render"]) {
    case (.rendered, _) where dataset.standIn == nil:
      throw source.error("\(name) cannot be rendered; use source: real")
    case (.rendered, let render?): data.render = try RenderConfiguration(render)
    case (.rendered, nil): throw source.error("source: rendered needs a 'render' section")
    case (.real, let render?), (.folders, let render?):
      throw render.error("'render' is only for source: rendered")
    case (.real, nil), (.folders, nil): break
    }
    if let value = fields["path"] { path = try value.place(of: data) }
    let own = try fields["training"].map { value throws(UserError) in try TrainingFields(value) }
    let trainings = try Self.trainings(
      [common, own].compactMap(\.self), settings: settings, value)
    settingTrainings = settings.isEmpty ? [] : trainings
    (training, learningRates) = (trainings[0].training, trainings[0].rates)
    data.scoredSize = scoredSize(dataset)
  }

  /// - Parameter parts: the file's `training` and the data set's, so far as there are.
  /// - Returns: one for each setting, or a single one if there are none.
  private static func trainings(
    _ parts: [TrainingFields], settings: [TrainingFields], _ section: YAMLValue
  ) throws(UserError) -> [TrainingRates] {
    guard !parts.isEmpty || !settings.isEmpty else {
      throw section.error("'training' is missing, both here and at the top level")
    }
    let none = TrainingFields(fields: [:])
    let merged = parts.reduce(none) { $0.merged($1) }
    return try (settings.isEmpty ? [none] : settings).map { setting throws(UserError) in
      try merged.merged(setting).configuration(section)
    }
  }
}

extension RenderConfiguration {
  fileprivate init(_ value: YAMLValue) throws(UserError) {
    let keys = SweepSection.render.keys
    let fields = try value.fields(.render)
    func integer(_ key: String, in range: ClosedRange<Int>) throws(UserError) -> Int {
      guard let field = fields[key] else {
        throw value.error("'\(key)' is missing in render; it needs \(keys.joined(separator: ", "))")
      }
      return try field.integer(in: range)
    }
    self.init(
      seed: UInt64(try integer("seed", in: 0...1 << 53)),
      train: try integer("train", in: RunLimits.rendered),
      validation: try integer("validation", in: RunLimits.rendered),
      test: try integer("test", in: RunLimits.rendered),
      height: try integer("height", in: RunLimits.extent),
      width: try integer("width", in: RunLimits.extent))
  }
}

extension YAMLValue {
  /// - Returns: nil for the default, so that it adds nothing to a run's configuration.
  fileprivate func voidRule(_ dataset: DatasetDescriptor) throws(UserError) -> VoidRule? {
    let rule: VoidRule = try choice(of: VoidRule.allCases)
    if rule == .ignored { return nil }
    do { _ = try dataset.requireCountingVoid() } catch { throw self.error(error.description) }
    return rule
  }

  /// Reads `[height, width]` in pixels.
  func extent() throws(UserError) -> (height: Int, width: Int) {
    guard case .sequence(let sequence) = node, sequence.count == 2 else {
      throw mismatch("[height, width] in pixels")
    }
    func pixels(_ index: Int) throws(UserError) -> Int {
      try YAMLValue(node: sequence[index], file: file, name: name, parent: parent)
        .integer(in: RunLimits.extent)
    }
    return (try pixels(0), try pixels(1))
  }
}
