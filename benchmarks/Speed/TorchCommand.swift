import ArgumentParser
import Experiments
import Losses

struct TorchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "torch",
    abstract: "What it costs that a loss is written in PyTorch.",
    discussion: """
      Trains full-width ResNet-18 on 8 x 96x192 with our cross entropy and with a PyTorch loss, in \
      turn. The overhead is what a step takes, less the loss itself: here ours, timed alone; there \
      the callable and autograd, timed by the worker. It is also measured without a step: what an \
      evaluation takes, less the callable and autograd. Of all rounds the fastest count, because \
      whatever else the machine does adds to a time and never takes from it.

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
        Work(after: { inWorker.add(torch.computingSeconds - before) }) { alone.evaluate(ce) },
        Work {
          let start = torch.computingSeconds
          let whole = try seconds { _ = try torch.result(input) }
          roundTrip.add(whole - (torch.computingSeconds - start))
        },
      ], rounds: rounds)
    let (step, torchStep, own) = (samples[0].minimum, samples[1].minimum, samples[2].minimum)
    let overhead = (torchStep - inWorker.minimum) - (step - own)
    let name = "\(networkCase.name), \(torch.file.notation)"
    let figures = [
      Figure("torch", name, "step with ce", samples[0]),
      Figure("torch", name, "step with the PyTorch loss", samples[1]),
      Figure("torch", name, "ce alone", samples[2]),
      Figure("torch", name, "the PyTorch loss in its worker", inWorker),
      Figure("torch", name, "an evaluation, less the loss in its worker", roundTrip),
      Figure("torch", name, "overhead, part of a step", overhead / step, unit: "1"),
    ]
    var table = TextTable(name, "ms, fastest", "median")
    for figure in figures.dropLast() {
      table.add(figure.quantity, figure.minimum.fixed(1), figure.median.fixed(1))
    }
    print(table.text)
    print(
      "overhead \((overhead * 1e3).fixed(1)) ms, \((overhead / step * 100).fixed(1)) percent of a step;"
        + " without a step \((roundTrip.minimum / step * 100).fixed(1)) percent")
    try speed.store(figures)
  }
}
