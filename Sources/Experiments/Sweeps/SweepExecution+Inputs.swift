import Datasets
import Files
import Foundation
import Models
import Tensors

/// What runs need, opened and checked before any of them starts.
extension SweepExecution {
  /// Opens the inputs; any problem with them stops the sweep before it starts.
  /// - Parameter done: runs whose data is opened, too, to see whether it is still the same.
  func openInputs(
    of pending: [RunConfiguration], besides done: [RunConfiguration], threadsPerRun: Int
  ) throws -> Inputs {
    let servers = try tryTorch(for: pending)
    let datasets = try open(for: pending + done.filter(canCheckImages))
    let environment = RunEnvironment.current(threads: threadsPerRun)
    if !pending.isEmpty, environment.commit == RunEnvironment.unknownCommit,
      let reason = RunEnvironment.reasonForUnknownCommit()
    {
      Terminal.write("commit not recorded: \(reason); runs record the digest of their code\n")
    }
    return Inputs(
      datasets: datasets, pretrained: try loadPretrained(for: pending, datasets),
      environment: environment, threadsPerRun: threadsPerRun, torch: servers,
      images: RunDataCache(overflow: data.cache))
  }

  /// Starts the worker of every PyTorch loss of these runs once, so that a missing torch or name
  /// stops the sweep before it starts.
  /// - Returns: the processes that have imported torch by then.
  private func tryTorch(for runs: [RunConfiguration]) throws -> [TorchServer] {
    var servers: [TorchServer] = []
    for loss in sweep.losses where runs.contains(where: { $0.loss == loss }) {
      guard let file = sweep.torch[loss] else { continue }
      let tried = try TorchLoss(file, torch, threads: 1)
      servers.append(tried.server)
      Terminal.writeLine("\(loss): \(file.url.relativePath), \(tried.version)")
    }
    return servers
  }

  /// Opens the data sets of these runs and lists the splits they need, so that a wrong path or a
  /// missing file stops the sweep before hours of training.
  func open(for runs: [RunConfiguration]) throws -> [DatasetName: any Dataset] {
    var datasets: [DatasetName: any Dataset] = [:]
    var data = data
    for entry in sweep.datasets {
      data.described[entry.data.name] = entry.description
      if entry.data.source == .real { data.paths[entry.data.name] = entry.place?.url }
    }
    for entry in sweep.datasets {
      let name = entry.data.name
      let own = runs.filter { $0.data.name == name }
      if own.isEmpty { continue }
      if let line = entry.placeLine(data.environment) { Terminal.writeLine(line) }
      let dataset = try data.open(entry.data, compute: Compute(threads: threads)) {
        showRendering(of: name, $0, $1)
      }
      var splits: Set = [Split.train, entry.data.evaluate]
      if own.contains(where: { $0.training.validateEvery != nil }) { splits.insert(.validation) }
      var (items, remarks): ([Split: [Item]], Set<String>) = ([:], [])
      for split in splits.sorted(by: { $0.rawValue < $1.rawValue }) {
        let listing = try dataset.listing(split)
        items[split] = try listing.checked(split)
        remarks.formUnion(listing.remarks.map { "remark: \($0)" })
      }
      for remark in remarks.sorted() { Terminal.writeLine(remark) }
      try checkDisjoint(items)
      if let stray = try dataset.strayLabels().first { throw stray }
      datasets[name] = dataset
    }
    return datasets
  }

  /// Reads the pretrained weights of these runs, loads them into the runs' networks and reports
  /// what was loaded, so that a file that does not fit stops the sweep before it starts.
  func loadPretrained(
    for runs: [RunConfiguration], _ datasets: [DatasetName: any Dataset]
  ) throws -> [Backbone: PretrainedWeights] {
    var weights: [Backbone: PretrainedWeights] = [:]
    for (backbone, file) in sweep.pretrained.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let own = runs.filter { $0.backbone == backbone }
      if own.isEmpty { continue }
      let read = try PretrainedWeights(contentsOf: file.url)
      guard read.sha256 == file.pretraining.sha256 else {
        throw UserError(
          path: file.url.path, problem: "has changed since it was first read; start again")
      }
      weights[backbone] = read
      for name in datasets.keys.sorted() {
        guard let run = own.first(where: { $0.data.name == name }),
          let classes = datasets[name]?.classes.count
        else { continue }
        let network = run.makeNetwork(classes: classes)
        let report = try read.load(
          into: network, partial: file.pretraining.partial,
          advice: backbone.weightsAdvice
            + "; --pretrained-partial leaves such tensors randomly initialized")
        Terminal.writeLine("\(backbone) for \(name): \(report.lines[0])")
        for line in report.lines.dropFirst() { Terminal.writeLine(line) }
      }
    }
    return weights
  }
}
