import Files
import Losses

extension YAMLValue {
  /// The number of variants of a loss is bounded, so that learning rates around the best one differ.
  private static let mostVariants = 12

  /// Reads the `tune` section.
  /// - Parameter losses: those of the sweep, in normalized notation.
  func tuning(of losses: [String], on datasets: [Sweep.Entry]) throws(UserError) -> Tuning {
    let trainings = datasets.flatMap {
      $0.settingTrainings.isEmpty ? [$0.plain] : $0.settingTrainings
    }
    guard trainings.allSatisfy({ $0.training.validateEvery != nil }) else {
      throw error("tune needs training.validate_every: trials are judged by the validation split")
    }
    guard trainings.allSatisfy({ $0.rates.isEmpty }) else {
      throw error("with tune, training.learning_rate is one number: the rate of the fixed setting")
    }
    let fields = try fields(.tune)
    func required(_ key: String, _ what: String) throws(UserError) -> YAMLValue {
      guard let value = fields[key] else { throw error("tune.\(key) is missing: \(what)") }
      return value
    }
    let rates = try required("learning_rate", "the learning rates that every loss is tried with")
    let list = try rates.list { value throws(UserError) in try value.positive(upTo: 10) }
    guard list.count > 1 else { throw rates.error("tune.learning_rate must list two or more") }
    let seeds = try required(
      "seeds",
      "the seeds of the trials; one that the sweep does not have keeps the luck of the search out "
        + "of the scores")
    return Tuning(
      learningRates: list.sorted(),
      variants: try fields["parameters"]?.variants(of: losses) ?? [:],
      seeds: try seeds.list { value throws(UserError) in
        UInt64(try value.integer(in: 0...1 << 53))
      })
  }

  /// Reads lists of values by loss and parameter, such as `focal: {gamma: [0.5, 2]}`.
  private func variants(of losses: [String]) throws(UserError) -> [String: [String]] {
    var variants: [String: [String]] = [:]
    for (key, value) in try entries() {
      let name = try key.text()
      let matching = losses.filter { $0.prefix { $0 != "(" } == name }
      guard matching.count == 1, let loss = matching.first else {
        throw key.error(
          matching.isEmpty
            ? "\(name) is none of the sweep's losses: \(losses.joined(separator: ", "))"
            : "the sweep has \(name) more than once; list one of them")
      }
      variants[loss] = try value.variants(of: loss)
    }
    return variants
  }

  /// Reads lists of values by parameter and returns the loss with each of their combinations.
  private func variants(of loss: String) throws(UserError) -> [String] {
    guard !loss.hasPrefix(TorchIdentity.prefix) else {
      throw error(
        "\(loss) is written in PyTorch: list it under 'losses' once for each value of its parameters"
      )
    }
    let terms = try LossSpecification(parsing: loss).terms
    guard let term = terms.first, terms.count == 1, term.weight == 1 else {
      throw error("\(loss) is a weighted sum, whose parameters cannot be tuned")
    }
    var combinations = [term.values]
    for (key, list) in try entries() {
      let parameter = try key.text()
      let values = try list.list { value throws(UserError) in
        let text = try value.text()
        do throws(UserError) {
          let single = try LossSpecification(parsing: "\(term.name)(\(parameter): \(text))")
          return single.terms[0].values[parameter] ?? 0
        } catch { throw value.error(error.problem) }
      }
      // Each list multiplies them: they are counted before they are made.
      let count = combinations.count * values.count
      guard count <= Self.mostVariants else {
        throw error("\(label) has \(count) combinations or more; at most \(Self.mostVariants)")
      }
      combinations = combinations.flatMap { combination in
        values.map { combination.merging([parameter: $0]) { $1 } }
      }
    }
    var notations: [String] = []
    for values in combinations { notations.append(try notation(term.name, values)) }
    guard !notations.contains(loss) else {
      throw error("\(label) lists \(loss), which the sweep has already; list other values")
    }
    return notations
  }

  private func notation(_ name: String, _ values: [String: Double]) throws(UserError) -> String {
    let list = values.map { "\($0.key): \($0.value)" }.sorted().joined(separator: ", ")
    return try normalizedLoss(list.isEmpty ? name : "\(name)(\(list))")
  }
}
