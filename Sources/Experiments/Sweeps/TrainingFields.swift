import Files
import Models

/// The fields under `training`, of a sweep or of one data set.
struct TrainingFields {
  var fields: [String: YAMLValue]

  init(fields: [String: YAMLValue]) { self.fields = fields }

  init(_ value: YAMLValue) throws(UserError) { fields = try value.fields(.training) }

  /// These fields, and those of `other` in place of them.
  func merged(_ other: TrainingFields) -> TrainingFields {
    TrainingFields(fields: fields.merging(other.fields) { $1 })
  }

  /// - Parameter section: the data set's section, for messages about missing fields.
  /// - Returns: the configuration with the first learning rate, and all rates if there are several.
  func configuration(_ section: YAMLValue) throws(UserError) -> TrainingRates {
    func required(_ key: String) throws(UserError) -> YAMLValue {
      guard let value = fields[key] else {
        throw section.error("training.\(key) is missing, both here and at the top level")
      }
      return value
    }
    let iterations = try required("iterations").integer(in: RunLimits.iterations)
    let rule = try fields["checkpoint"]?.choice(of: [CheckpointRule.last, .best]) ?? .last
    let every = try fields["validate_every"]?.integer(in: RunLimits.iterations)
    if rule == .best, every == nil, let value = fields["checkpoint"] {
      throw value.error("checkpoint: best needs validate_every, in iterations")
    }
    if let every, every > iterations, let value = fields["validate_every"] {
      throw value.error("validate_every is \(every), more than the \(iterations) iterations")
    }
    let rate = try required("learning_rate")
    let rates =
      if case .sequence = rate.node {
        try rate.list { value throws(UserError) in try value.positive(upTo: RunLimits.learningRate)
        }
      } else { [try rate.positive(upTo: RunLimits.learningRate)] }
    var training = TrainingConfiguration(
      iterations: iterations, batch: try required("batch").integer(in: RunLimits.batch),
      learningRate: rates[0], checkpoint: rule,
      validateEvery: every)
    training.optimizer = try optimizer()
    training.schedule = try schedule(iterations: iterations)
    training.syncBatchNorm = try fields["sync_batch_norm"]?.flag() == false ? false : nil
    return TrainingRates(training: training, rates: rates.count > 1 ? rates : [])
  }

  /// - Returns: nil for the default, so that it adds nothing to a run's configuration.
  private func optimizer() throws(UserError) -> OptimizerConfiguration? {
    let name = try fields["optimizer"]?.choice(of: OptimizerConfiguration.Name.allCases) ?? .adam
    let momentum = try fields["momentum"]?.number(in: 0...1) ?? 0
    let isNesterov = try fields["nesterov"]?.flag() ?? false
    try check("momentum", isFor: "optimizer: sgd", name == .sgd || momentum == 0, "\(name)")
    try check("nesterov", isFor: "momentum above 0", momentum > 0 || !isNesterov, "\(momentum)")
    let decay =
      try fields["weight_decay"]?.number(in: 0...1)
      ?? OptimizerConfiguration.standardDecay(of: name)
    let optimizer = OptimizerConfiguration(
      name, momentum: momentum, nesterov: isNesterov, weightDecay: decay)
    return optimizer == .standard ? nil : optimizer
  }

  /// - Returns: nil for the default, so that it adds nothing to a run's configuration.
  private func schedule(iterations: Int) throws(UserError) -> LearningRateSchedule? {
    let shape = try fields["schedule"]?.choice(of: LearningRateSchedule.Shape.allCases) ?? .constant
    try check("power", isFor: "schedule: polynomial", shape == .polynomial, "\(shape)")
    let warmup = try fields["warmup"]?.integer(in: 0...100_000_000) ?? 0
    try check("warmup_factor", isFor: "warmup above 0", warmup > 0, "\(warmup)")
    let schedule = LearningRateSchedule(
      shape,
      power: try fields["power"]?.positive(upTo: 10) ?? LearningRateSchedule.standardPower,
      warmup: warmup,
      warmupFactor: try fields["warmup_factor"]?.positive(upTo: 1)
        ?? LearningRateSchedule.standardWarmupFactor)
    if let value = fields["warmup"], let problem = schedule.problem(iterations: iterations) {
      throw value.error(problem)
    }
    return schedule == LearningRateSchedule() ? nil : schedule
  }

  /// - Throws: `UserError` if the key is given without what it is for.
  private func check(
    _ key: String, isFor owner: String, _ applies: Bool, _ found: String
  ) throws(UserError) {
    if !applies, let value = fields[key] {
      throw value.error("\(key) is only for \(owner); here it is \(found)")
    }
  }
}

extension TrainingConfiguration {
  /// - Throws: `UserError` if an option made the training too short for the file's warm-up.
  package func checkSchedule(_ file: String) throws(UserError) {
    if let problem = schedule?.problem(iterations: iterations) {
      throw UserError(path: file, problem: problem)
    }
  }
}

extension LearningRateSchedule {
  /// What is wrong with it for a training of so many steps.
  func problem(iterations: Int) -> String? {
    guard let warmup, warmup >= iterations else { return nil }
    return "warmup is \(warmup), not less than the \(iterations) iterations"
  }
}
