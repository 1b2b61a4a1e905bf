import Models
import Tensors
import TestSupport
import Testing

/// Against torch.optim and torch.optim.lr_scheduler: `Tests/Fixtures/torch/optimizers_fixtures.py`.
@Suite struct OptimizerReferenceTests {
  private struct Case: Decodable {
    var `case`: String
    var optimizer: OptimizerConfiguration
    var schedule: LearningRateSchedule
  }

  private struct Settings: Decodable {
    var steps: Int
    var count: Int
    var rate: Double
  }

  @Test func twentyStepsArePyTorchs() throws {
    let fixture = try Fixture("optimizers")
    let settings: Settings = try fixture.notes("settings")
    let cases: [Case] = try fixture.notes("cases")
    #expect(cases.count == 24)
    #expect(Set(cases.map(\.optimizer.name)) == Set(OptimizerConfiguration.Name.allCases))
    #expect(Set(cases.map(\.schedule.shape)) == Set(LearningRateSchedule.Shape.allCases))
    for c in cases {
      func check(_ tensor: Tensor, _ name: String) throws {
        let difference = try fixture.difference(tensor, from: "\(c.case)/\(name)")
        #expect(difference.isWithin(1e-5), "\(name) of \(c): \(difference)")
      }
      let shape = Shape(n: 1, h: 1, w: 1, c: settings.count)
      let parameter = Parameter(c.case, shape)
      parameter.value.copy(filler("\(c.case)/value", shape))
      let optimizer = c.optimizer.makeOptimizer([parameter], learningRate: settings.rate)
      for step in 1...settings.steps {
        let gradient = filler("\(c.case)/gradient \(step)", shape)
        for i in stride(from: 4, to: settings.count, by: 5) { gradient.base[i] = 0 }
        parameter.gradient.copy(gradient)
        optimizer.learningRate =
          settings.rate * c.schedule.factor(at: step - 1, of: settings.steps)
        optimizer.update(Compute(threads: 2))
        if [1, 5, settings.steps].contains(step) {
          try check(parameter.value, "value after \(step)")
        }
      }
      #expect(optimizer.step == settings.steps)
      for (place, entry) in optimizer.state.enumerated() {
        try check(entry.tensor, "state \(place)")
      }
      #expect(!fixture.has("\(c.case)/state \(optimizer.state.count)"))
    }
  }

  @Test func learningRatesArePyTorchs() throws {
    let fixture = try Fixture("optimizers")
    let settings: Settings = try fixture.notes("settings")
    let schedules: [LearningRateSchedule] = try fixture.notes("schedules")
    #expect(schedules.count == 8)
    for (number, schedule) in schedules.enumerated() {
      let rates = (0..<settings.steps).map {
        Float(settings.rate * schedule.factor(at: $0, of: settings.steps))
      }
      let difference = try fixture.difference(rates, from: "schedule \(number)")
      #expect(difference.isWithin(1e-6), "\(schedule): \(difference)")
    }
  }

  /// Also where a warm-up is as long as the training, or longer.
  @Test func factorsAreFiniteWhateverTheSteps() {
    for shape in LearningRateSchedule.Shape.allCases {
      for warmup in [0, 1, 5, 9] {
        let schedule = LearningRateSchedule(shape, warmup: warmup)
        for steps in [1, 5, 6] {
          for step in 0..<steps {
            let factor = schedule.factor(at: step, of: steps)
            #expect(factor > 0 && factor <= 1, "\(schedule) at \(step) of \(steps)")
          }
        }
      }
    }
  }

  /// What is 0 or off adds nothing to a configuration, so that it has one form.
  @Test func configurationsHaveOneForm() {
    #expect(OptimizerConfiguration(.adam, momentum: 0, weightDecay: 0) == .standard)
    #expect(OptimizerConfiguration(.sgd, momentum: 0) == OptimizerConfiguration(.sgd))
    #expect(LearningRateSchedule(.cosine, power: 3) == LearningRateSchedule(.cosine))
    #expect(LearningRateSchedule(.constant, warmup: 0, warmupFactor: 0.5) == LearningRateSchedule())
  }
}
