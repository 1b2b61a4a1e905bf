import Datasets
import Experiments
import Models
import Tensors
import TestSupport
import Testing

/// 20 whole training steps with other optimizers and schedules than the paper's against PyTorch's, by
/// the trainer that runs use: `Tests/Fixtures/torch/recipes_fixtures.py`.
@Suite struct TrainingRecipesTests {
  private struct Case: Decodable {
    var `case`: String
    var draw: Int
    var rate: Double
    var optimizer: OptimizerConfiguration
    var schedule: LearningRateSchedule
  }

  private struct Settings: Decodable {
    var steps: Int
    var classes: Int
    var width: Double
    var seed: UInt64
    var input: [Int]
    var classPixels: [Int]
  }

  @Test func lossCurveAndWeightsArePyTorchs() throws {
    let fixture = try Fixture("recipes")
    let settings: Settings = try fixture.notes("settings")
    let cases: [Case] = try fixture.notes("cases")
    #expect(cases.map(\.optimizer.name) == [.sgd, .sgd, .adamw, .adam])
    for c in cases {
      let (curve, weights) = try train(c, settings)
      let reference = try fixture.array("\(c.case)/curve")
      let worst = zip(curve, reference).map { abs($0 / Double($1) - 1) }.max() ?? .infinity
      #expect(curve.count == settings.steps && reference.count == settings.steps)
      #expect(worst < 1e-3, "\(c): the loss at a step is off by \(worst) of it: \(curve)")
      let difference = try fixture.difference(weights, from: "\(c.case)/weights")
      #expect(difference.norm < 1e-3, "\(c), weights: \(difference)")
    }
  }

  private func train(_ c: Case, _ settings: Settings) throws -> ([Double], [Float]) {
    var configuration = exampleConfiguration(seed: settings.seed)
    configuration.width = settings.width
    configuration.training = TrainingConfiguration(
      iterations: settings.steps, batch: settings.input[0], learningRate: c.rate,
      checkpoint: .last)
    configuration.training.optimizer = c.optimizer
    configuration.training.schedule = c.schedule
    let trainer = try Trainer(
      configuration, classes: settings.classes, classPixels: settings.classPixels,
      compute: Compute(threads: 2))
    let network = trainer.network
    initialize(network, draw: c.draw, on: configuration.backbone)
    let curve = try (0..<settings.steps).map { step in
      let (images, labels) = trainingBatch(Shape(settings.input), draw: c.draw, step: step)
      return try trainer.step(Batch(images: images, labels: labels)).loss
    }
    let arrays =
      network.parameters.map { ($0.name, $0.value) } + network.buffers.map { ($0.name, $0.value) }
    return (curve, arrays.sorted { $0.0 < $1.0 }.flatMap(\.1.array))
  }
}
