import Datasets
import Files
import Foundation
import Models
import Synchronization
import Tensors

/// One start of a sweep in its output folder: locks it, finds or renders the data, runs the cells.
package struct SweepSession: Sendable {
  package var sweep: Sweep
  package var output: URL
  /// Shared by the cells that run at once.
  package var threads: Int
  /// Keep the cells that the folder's plan has from earlier.
  package var addsToPlan: Bool
  package var data: DataFolders
  package var checkpointEverySeconds: Double
  /// For losses written in PyTorch.
  package var torch: TorchSetup

  package init(
    sweep: Sweep, output: URL, threads: Int, addsToPlan: Bool, data: DataFolders,
    checkpointEverySeconds: Double, torch: TorchSetup = TorchSetup()
  ) {
    self.sweep = sweep
    self.output = output
    self.threads = threads
    self.addsToPlan = addsToPlan
    self.data = data
    self.checkpointEverySeconds = checkpointEverySeconds
    self.torch = torch
  }

  /// The folder of a sweep's runs.
  package static func runs(_ output: URL) -> URL { output.appending(path: "runs") }

  /// - Throws: `UserError` if the sweep cannot begin; what befalls single cells is
  ///   in the outcome.
  package func run(isInterrupted: @escaping @Sendable () -> Bool) throws -> SweepRunner.Outcome {
    try AtomicFile.createFolder(output)
    let lock = try FolderLock(output)
    defer { withExtendedLifetime(lock) {} }
    AtomicFile.removeLeftovers(in: output)
    try SweepPlan(name: sweep.name, cells: sweep.cells).save(to: output, adding: addsToPlan)
    let folders = try sweep.cells.map {
      try RunFolder(runs: Self.runs(output), configuration: $0)
    }
    let pending = folders.filter { !$0.isDone }.map(\.configuration)
    try tryTorch(for: pending)
    let datasets = try open(for: pending)
    let pretrained = try loadPretrained(for: pending, datasets)
    Interruption.saveFirst()

    let jobs = max(1, min(sweep.jobs, threads))
    let threadsPerCell = max(1, threads / jobs)
    let environment = RunEnvironment.current(threads: threadsPerCell)
    let seconds = checkpointEverySeconds
    let cache = CellDataCache()
    let monitor = Mutex(
      SweepMonitor(cells: sweep.cells, jobs: jobs, columns: Terminal.columns) {
        Terminal.write($0)
      })
    let runner = SweepRunner(
      folders: folders, jobs: jobs,
      cell: { folder, progress in
        let configuration = folder.configuration
        guard let dataset = datasets[configuration.data.name] else {
          throw UserError("\(configuration.data.name) was not opened")
        }
        var environment = environment
        environment.pretrainedFile = pretrained[configuration.backbone]?.url.lastPathComponent
        let compute = Compute(threads: threadsPerCell)
        // A worker for each cell: what a module remembers is of one run.
        let torchLoss = try sweep.torch[configuration.loss].map {
          try TorchLoss($0, torch, threads: threadsPerCell)
        }
        environment.torch = torchLoss?.version
        let data = try cache.data(for: configuration, compute: compute) { dataset }
        try runCell(
          configuration, data: data, folder: folder, compute: compute,
          checkpointEverySeconds: seconds, environment: environment,
          pretrained: pretrained[configuration.backbone], torch: torchLoss, progress: progress,
          isInterrupted: isInterrupted)
      },
      isInterrupted: isInterrupted, report: { event in monitor.withLock { $0.handle(event) } })
    let outcome = runner.run()
    monitor.withLock { $0.close() }
    return outcome
  }

  /// Starts the worker of every PyTorch loss of these cells once, so that a missing torch or name
  /// ends the sweep before it begins.
  private func tryTorch(for cells: [RunConfiguration]) throws {
    for loss in sweep.losses where cells.contains(where: { $0.loss == loss }) {
      guard let file = sweep.torch[loss] else { continue }
      let version = try TorchLoss(file, torch, threads: 1).version
      Terminal.write("\(loss): \(file.url.relativePath), \(version)\n")
    }
  }

  /// Opens the data sets of these cells and looks at the lists of the splits they need, so that
  /// a wrong path or a missing file ends the sweep before hours of training.
  private func open(for cells: [RunConfiguration]) throws -> [DatasetName: any Dataset] {
    var datasets: [DatasetName: any Dataset] = [:]
    var data = data
    for entry in sweep.datasets { data.described[entry.data.name] = entry.description }
    for entry in sweep.datasets where cells.contains(where: { $0.data == entry.data }) {
      let name = entry.data.name
      let dataset = try data.open(entry.data, compute: Compute(threads: threads)) {
        showRendering(of: name, $0, $1)
      }
      var splits: Set = [Split.train, entry.data.evaluate]
      if entry.training.validateEvery != nil { splits.insert(.validation) }
      for split in splits.sorted(by: { $0.rawValue < $1.rawValue }) {
        _ = try dataset.items(split)
      }
      if let stray = dataset.strayLabels().first { throw stray }
      datasets[name] = dataset
    }
    return datasets
  }

  /// Reads the pretrained weights of these cells, tries them on the cells' networks and says what
  /// was loaded, so that a file that does not fit ends the sweep before it begins.
  private func loadPretrained(
    for cells: [RunConfiguration], _ datasets: [DatasetName: any Dataset]
  ) throws -> [Backbone: PretrainedWeights] {
    var weights: [Backbone: PretrainedWeights] = [:]
    for (backbone, file) in sweep.pretrained.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let own = cells.filter { $0.backbone == backbone }
      if own.isEmpty { continue }
      let read = try PretrainedWeights(contentsOf: file.url)
      guard read.sha256 == file.pretraining.sha256 else {
        throw UserError(path: file.url.path, problem: "has just been changed; start again")
      }
      weights[backbone] = read
      for name in datasets.keys.sorted() {
        guard let cell = own.first(where: { $0.data.name == name }),
          let classes = datasets[name]?.classes.count
        else { continue }
        let network = cell.makeNetwork(classes: classes)
        let report = try read.load(
          into: network, partial: file.pretraining.partial,
          advice: "; --pretrained-partial leaves such tensors at random values")
        Terminal.write("\(backbone) for \(name): \(report)\n")
      }
    }
    return weights
  }
}
