import ArgumentParser
import Experiments
import Files
import Losses

struct TorchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "torch",
    abstract: "Measure the overhead of a loss that is written in PyTorch.",
    discussion: """
      This command trains full-width ResNet-18 on 8 x 96x192 with our cross-entropy and with a \
      PyTorch loss, in turn. The overhead is the time of a step minus that of the loss itself: for \
      ours, timed alone; for PyTorch's, the callable and autograd, timed by the worker. It is also \
      measured without a step: the time of an evaluation minus the callable and autograd. A \
      machine's speed drifts by more than the difference in question, so the overhead is computed \
      in each round, whose steps follow each other, and the median is reported.

        recallbench-speed torch my_losses.py:ce
      """)

  @Argument(help: ArgumentHelp("The loss.", valueName: "PATH.py:NAME")) var loss: String
  @Option(help: "Python with PyTorch (default: RECALLBENCH_PYTHON, else python3).")
  var python: String?
  @Option(help: "Rounds.") var rounds = 10
  @OptionGroup var speed: SpeedOptions

  func validate() throws { try requirePositive([("rounds", rounds)]) }

  func run() throws {
    let networkCase = NetworkCase(backbone: .resnet18, batch: 8, rows: 96, columns: 192)
    let threads = speed.threadCount
    let torch = try TorchLoss(
      try TorchLossFile(loss), TorchSetup(python: python), threads: threads)
    let ours = try TrainingSession(networkCase, threads: threads)
    let theirs = try TrainingSession(networkCase, torch: torch, threads: threads)
    let alone = LossSession(
      batch: 8, rows: 96, columns: 192, classes: NetworkCase.classes, threads: threads)
    let ce = try alone.loss("ce")
    let input = LossInput(logits: alone.logits, labels: alone.labels, compute: alone.compute)
    var (inWorker, roundTrip) = (Samples(), Samples())
    var before = 0.0
    let samples = try alternate(
      [
        Work { try ours.step() },
        Work(after: { before = torch.computingSeconds }) { try theirs.step() },
        Work(after: { inWorker.add(torch.computingSeconds - before) }) { try alone.evaluate(ce) },
        Work {
          let start = torch.computingSeconds
          let whole = try seconds { _ = try torch.evaluate(input) }
          roundTrip.add(whole - (torch.computingSeconds - start))
        },
      ], rounds: rounds)
    var overhead = Samples()
    for round in 0..<rounds {
      let (step, own) = (samples[0].seconds[round], samples[2].seconds[round])
      // The worker was also timed in the round that is not counted.
      let theirs = samples[1].seconds[round] - inWorker.seconds[round + 1]
      overhead.add((theirs - (step - own)) / step)
    }
    let name = "\(networkCase.name), \(torch.file.notation)"
    let figures = [
      Figure("torch", name, "step with ce", samples[0]),
      Figure("torch", name, "step with the PyTorch loss", samples[1]),
      Figure("torch", name, "ce alone", samples[2]),
      Figure("torch", name, "the PyTorch loss in its worker", inWorker),
      Figure("torch", name, "an evaluation minus the loss in its worker", roundTrip),
      Figure("torch", name, "overhead, part of a step", overhead.median, unit: "1"),
    ]
    var table = TextTable(name, "ms, fastest", "median")
    for figure in figures.dropLast() {
      table.add(figure.quantity, figure.minimum.fixed(1), figure.median.fixed(1))
    }
    print(table.text)
    print(
      "overhead \((overhead.median * 100).fixed(1)) percent of a step, median of \(rounds) rounds "
        + "(\((overhead.minimum * 100).fixed(1)) to \((overhead.maximum * 100).fixed(1))); without a step "
        + "\((roundTrip.median / samples[0].median * 100).fixed(1)) percent")
    try speed.store(figures)
  }
}
