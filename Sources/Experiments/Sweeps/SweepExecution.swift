import Datasets
import Files
import Foundation
import Models
import Synchronization
import Tensors

/// Runs a sweep in its output folder: claims a place there, finds or renders the data, and trains the
/// runs that are not done, side by side with other processes. Running an interrupted sweep again resumes it.
package struct SweepExecution: Sendable {
  package var sweep: Sweep
  /// The runs to train: all of the sweep's, unless set otherwise.
  package internal(set) var runs: [RunConfiguration]
  /// The searches that the runs belong to, for the folder's plan.
  var tuning: [TunedLoss]?
  package var output: URL
  /// The number of threads, shared by concurrent runs.
  package var threads: Int
  /// Whether to keep the runs already in the folder's plan.
  package var addsToPlan: Bool
  /// Whether to keep finished runs without weights; nil trains them again.
  package var keeping: Keeping?
  package var data: DataFolders
  package var checkpointEverySeconds: Double
  /// The setup for losses written in PyTorch.
  package var torch: TorchSetup
  /// Whether runs also write events for TensorBoard.
  package var writesEvents = false
  /// Whether runs that are done stay so although they were made by code that may compute other bits.
  package var acceptsOtherCode = false
  /// Whether this is one of the processes that something else shares the sweep out to: it leaves runs of
  /// others to them, and does not try again what failed too often.
  package internal(set) var isPart = false
  /// The processes that train each run together, this one among them; nil where it trains alone.
  package var ranks: (any Communicator)?
  /// Whether to stop before training, with the data rendered and checked.
  package var isOnlyPrepared = false
  /// Stored runs elsewhere that the runs will be compared with, and so must have used the same images.
  package var rivals: [RunRecord] = []

  package init(
    sweep: Sweep, output: URL, threads: Int, addsToPlan: Bool, keeping: Keeping? = nil,
    data: DataFolders, checkpointEverySeconds: Double, torch: TorchSetup = TorchSetup()
  ) {
    (self.sweep, runs) = (sweep, sweep.runs)
    self.output = output
    self.threads = threads
    self.addsToPlan = addsToPlan
    self.keeping = keeping
    self.data = data
    self.checkpointEverySeconds = checkpointEverySeconds
    self.torch = torch
  }

  /// Inputs shared by all runs of the sweep.
  struct Inputs {
    var datasets: [DatasetName: any Dataset]
    var pretrained: [Backbone: PretrainedWeights]
    var environment: RunEnvironment
    var threadsPerRun: Int
    /// Kept, so that each run finds torch imported.
    var torch: [TorchServer]
    let images: RunDataCache
  }

  /// The runs, and what is stored of them.
  struct Stored {
    var folders: [RunFolder]
    var kept: KeptRuns?
    var records: [RunRecord]

    func isDone(_ folder: RunFolder) -> Bool { folder.isDone || kept?.contains(folder) == true }
    var pending: [RunFolder] { folders.filter { !isDone($0) } }
  }

  /// What training needs.
  private struct Work {
    var folders: [RunFolder]
    var kept: KeptRuns?
    var inputs: Inputs
    var isDone: @Sendable (RunFolder) -> Bool
  }

  private var folder: SweepFolder { SweepFolder(output) }

  /// Trains the runs that are not done, beside other sweeps that may be at work in the folder.
  /// - Throws: `UserError` if the sweep cannot start; errors of single runs are in the outcome.
  package func run(isInterrupted: @escaping @Sendable () -> Bool) throws -> RunQueue.Outcome {
    if let ranks, ranks.rank > 0 { return try follow(ranks, isInterrupted) }
    defer { ranks?.endRuns() }
    for run in runs { try run.training.checkBatch(onRanks: ranks?.count ?? 1) }
    try AtomicFile.createFolder(output)
    guard let setup = try folder.claimSetup(isInterrupted: isInterrupted) else {
      return RunQueue.Outcome(isInterrupted: true)
    }
    let others = folder.sweeps
    let presence = try folder.claimPresence()
    defer { folder.leave(presence) }
    let work = try prepare(besides: others)
    setup.release()
    if isOnlyPrepared { return RunQueue.Outcome(skipped: work.folders.count) }
    Interruption.saveFirst()
    return try train(work, isInterrupted)
  }

  /// Reads what is stored, checks that the sweep may add to it, and clears up after sweeps that died.
  /// - Parameter others: the sweeps that are at work in the folder.
  func stored(besides others: [ClaimFolder.Standing]) throws -> Stored {
    try checkCode(of: others)
    folder.removeRemains(pending: Set(try runs.map { try $0.runName }))
    let records = try storedRuns()
    let kept = try keeping.map { try KeptRuns(folder, $0, records: records) }
    let folders = try runs.map { run in
      var folder = try RunFolder(folder, configuration: run)
      folder.writesEvents = writesEvents
      return folder
    }
    let stored = Stored(folders: folders, kept: kept, records: records)
    if !stored.pending.isEmpty { try kept?.check(sweep, runs) }
    let done = folders.filter(stored.isDone)
    try checkCode(of: done, records)
    for folder in done { folder.removeLeftovers() }
    updateEvents(of: done, records)
    return stored
  }

  /// Checks what is stored and opens what the runs need; any problem stops the sweep before it starts.
  private func prepare(besides others: [ClaimFolder.Standing]) throws -> Work {
    let stored = try stored(besides: others)
    let pending = stored.pending.map(\.configuration)
    let done = stored.folders.filter(stored.isDone).map(\.configuration)
    let inputs = try openInputs(
      of: pending, besides: done, threadsPerRun: max(1, threads / jobs))
    try checkImages(inputs, stored.records, replacing: pending)
    try savePlan(stored.kept, adding: addsToPlan || !others.isEmpty)
    if others.isEmpty, !isPart { forgetFailures(of: stored.pending) }
    describe(others, kept: stored.kept == nil ? nil : done.count, pending: pending.count)
    describeEngines(of: done, stored.records)
    return Work(
      folders: stored.folders, kept: stored.kept, inputs: inputs, isDone: { stored.isDone($0) })
  }

  /// Has what failed tried again, as whoever types the command expects.
  func forgetFailures(of runs: [RunFolder]) {
    for run in runs { RunFailures().save(of: run.name, in: folder.claims) }
  }

  private var jobs: Int { ranks == nil ? max(1, min(sweep.jobs, threads)) : 1 }

  private func describe(_ others: [ClaimFolder.Standing], kept: Int?, pending: Int) {
    if let kept {
      Terminal.write(
        "\(counted(kept, "run")) \(kept == 1 ? "is" : "are") kept, \(pending) to train\n")
    }
    if others.isEmpty || pending == 0 { return }
    let owners = others.map(\.ownerText).joined(separator: "; ")
    Terminal.writeLine(
      "\(counted(others.count, "other sweep")) at work in this folder, which share\(others.count == 1 ? "s" : "") "
        + "the runs: \(owners)")
  }

  /// Says which of the runs that are done were not trained by this program.
  private func describeEngines(of done: [RunConfiguration], _ records: [RunRecord]) {
    let done = Set(done)
    let engines = records.filter { done.contains($0.configuration) }
      .compactMap(\.environment.engine?.title)
    for title in Set(engines).sorted() {
      let count = engines.count { $0 == title }
      Terminal.writeLine(
        "\(counted(count, "run")) that \(count == 1 ? "is" : "are") done: trained by \(title)")
    }
  }

  private func train(
    _ work: Work, _ isInterrupted: @escaping @Sendable () -> Bool
  ) throws -> RunQueue.Outcome {
    let reporter = Mutex(
      ProgressReporter(runs: runs, jobs: jobs, columns: Terminal.columns) { Terminal.write($0) })
    let queue = RunQueue(
      folders: work.folders, jobs: jobs, isDone: work.isDone, claims: folder.claims,
      waitsForOthers: !isPart,
      // MPI is for the thread that started it.
      usesCallingThread: ranks != nil,
      train: { try train($0, work.inputs, progress: $1, isInterrupted: isInterrupted) },
      isInterrupted: isInterrupted, report: { event in reporter.withLock { $0.handle(event) } })
    // What is left of the time goes on also where runs are silent.
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.schedule(deadline: .now() + 1, repeating: 1)
    timer.setEventHandler { reporter.withLock { $0.tick() } }
    timer.resume()
    let outcome = queue.run()
    if SweepPlan.isMissing(in: output) { try savePlan(work.kept, adding: addsToPlan) }
    timer.cancel()
    reporter.withLock { $0.close() }
    return outcome
  }

  /// Extends the folder's plan or replaces it.
  func savePlan(_ kept: KeptRuns?, adding: Bool) throws {
    let plan = SweepPlan(name: sweep.name, runs: runs, tuning: tuning)
    guard let kept, var old = SweepPlan.loadForSweep(output) else {
      return try plan.save(to: output, adding: adding)
    }
    old.runs = kept.plan(old.runs, extendedBy: runs)
    try plan.added(to: old).save(to: output, adding: false)
  }

  private func train(
    _ folder: RunFolder, _ inputs: Inputs, progress: (RunProgress) -> Void,
    isInterrupted: () -> Bool
  ) throws {
    ranks?.startRun(folder.name)
    let compute = Compute(threads: inputs.threadsPerRun, ranks: ranks)
    try compute.agreed {}
    try train(folder, inputs, compute, progress: progress, isInterrupted: isInterrupted)
  }

  /// Trains a run, on all ranks of `compute`.
  func train(
    _ folder: RunFolder, _ inputs: Inputs, _ compute: Compute, progress: (RunProgress) -> Void,
    isInterrupted: () -> Bool
  ) throws {
    let claim = folder.claim
    let (images, torchLoss, environment) = try compute.agreed {
      try ready(folder.configuration, inputs, compute)
    }
    try trainRun(
      folder.configuration, data: images, folder: folder, compute: compute,
      checkpointEverySeconds: checkpointEverySeconds, environment: environment,
      pretrained: inputs.pretrained[folder.configuration.backbone], torch: torchLoss,
      progress: { state in
        claim?.note(state)
        progress(state)
      }, isInterrupted: { isInterrupted() || claim?.isLost == true })
  }

  /// Reads the images of a run and starts what computes its loss.
  private func ready(
    _ run: RunConfiguration, _ inputs: Inputs, _ compute: Compute
  ) throws -> (RunData, TorchLoss?, RunEnvironment) {
    guard let dataset = inputs.datasets[run.data.name] else {
      throw UserError("\(run.data.name) was not opened")
    }
    // Each run has its own worker, because a module's state belongs to one run.
    let torchLoss = try sweep.torch[run.loss].map {
      try TorchLoss($0, torch, threads: inputs.threadsPerRun)
    }
    var environment = inputs.environment
    environment.pretrainedFile = inputs.pretrained[run.backbone]?.url.lastPathComponent
    environment.torch = torchLoss?.version
    let alone = Compute(threads: inputs.threadsPerRun)
    return (try inputs.images.data(for: run, compute: alone) { dataset }, torchLoss, environment)
  }
}
