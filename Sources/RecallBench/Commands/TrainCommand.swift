import ArgumentParser
import Datasets
import Experiments
import Foundation
import Models

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train and evaluate one run.",
    discussion: """
      The run takes its settings from a sweep file; options override them. The run is stored like \
      those of a sweep, so a report can include it.

        recallbench train benchmarks/sweeps/quick.yml \\
          --dataset synthia --backbone resnet18 --loss "focal(gamma: 2)" \\
          --iterations 500 --output results/try
        recallbench train benchmarks/sweeps/quick.yml \\
          --dataset synthia --backbone resnet18 \\
          --torch my_losses.py:MyLoss --output results/try
      """)

  @Argument(
    help: "Sweep file (YAML) to take settings from, such as benchmarks/sweeps/quick.yml.",
    completion: sweepFiles)
  var file: String
  @Option(help: "Data set, one of those in the file.")
  var dataset: String
  @Option(
    help: "\(names(of: Backbone.self)).", completion: completion(of: Backbone.self),
    transform: choice)
  var backbone: Backbone
  @Option(
    help: ArgumentHelp(
      "Loss, such as recall, \"focal(gamma: 2)\" or my_losses.py:MyLoss.", valueName: "spec"))
  var loss: String?
  @OptionGroup var torch: TorchOptions
  @Option(
    name: .shortAndLong, help: ArgumentHelp("Folder of the runs.", valueName: "folder"),
    completion: .directory)
  var output: String
  @Option(help: "Seed of initialization and sampling.")
  var seed: UInt64 = 1
  @Option(help: "Optimization steps (default: the file's).")
  var iterations: Int?
  @Option(help: "Images per step (default: the file's).")
  var batch: Int?
  @Option(help: "Learning rate (default: the file's).")
  var learningRate: Double?
  @Option(help: "Channels relative to the published network, at most 1 (default: the file's).")
  var width: Double?
  @Option(
    help: "\(names(of: Architecture.self)) (default: the file's).",
    completion: completion(of: Architecture.self), transform: choice)
  var architecture: Architecture?
  @Flag(help: "Keep a finished run although it was made by different code.")
  var acceptOtherCode = false
  @OptionGroup var together: RankOptions
  @OptionGroup var events: EventOptions
  @OptionGroup(title: "PyTorch") var python: PythonOptions
  @OptionGroup(title: "Weights") var weights: PretrainedOptions
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Machine") var machine: MachineOptions

  func validate() throws {
    try torch.requireOne(besides: loss, "--loss")
    if let iterations, !RunLimits.iterations.contains(iterations) {
      throw ValidationError("--iterations must be from 1 to 100000000.")
    }
    if let batch, !RunLimits.batch.contains(batch) {
      throw ValidationError("--batch must be from 2 to 4096.")
    }
    if let learningRate, !(learningRate > 0 && learningRate <= RunLimits.learningRate) {
      throw ValidationError("--learning-rate must be above 0 and at most 10.")
    }
    if let width, !(width > 0 && width <= 1) {
      throw ValidationError("--width must be above 0 and at most 1.")
    }
  }

  func run() throws {
    var sweep = try Sweep(contentsOf: URL(filePath: file))
    var selection = SweepOverrides()
    selection.paths = try data.paths()
    selection.pretrained = weights.files
    selection.pretrainedPartial = weights.pretrainedPartial
    selection.seeds = [seed]
    selection.losses = loss.map { [$0] }
    selection.torch = try torch.files()
    selection.architecture = architecture
    selection.backbones = [backbone]
    selection.described = try data.described()
    selection.datasets = [DatasetName(rawValue: dataset)]
    selection.environment = DataOptions.environment
    try sweep.apply(selection)
    for backbone in sweep.backbones { try sweep.useOnlySetting(of: backbone) }
    sweep.width = width ?? sweep.width
    for index in sweep.datasets.indices {
      var training = sweep.datasets[index].training
      training.iterations = iterations ?? training.iterations
      training.batch = batch ?? training.batch
      training.learningRate = learningRate ?? training.learningRate
      if let every = training.validateEvery, every > training.iterations {
        training.validateEvery = training.iterations
      }
      try training.checkSchedule(file)
      sweep.datasets[index].training = training
      // One run has one rate: the given one, or else the first of a list.
      sweep.datasets[index].learningRates = []
    }
    var execution = SweepExecution(
      sweep: sweep, output: URL(filePath: output), threads: machine.threadCount,
      addsToPlan: true, data: try data.folders(), checkpointEverySeconds: machine.checkpointEvery,
      torch: python.setup)
    execution.writesEvents = events.tensorboard
    execution.acceptsOtherCode = acceptOtherCode
    try together.launch()
    execution.ranks = Launch.ranks
    try runSession(execution)
  }
}
