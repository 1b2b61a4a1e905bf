import Files
import Foundation
import Tensors

/// A sweep on several ranks: rank 0 chooses the runs, claims and stores them, and tells the others which
/// one all of them train next.
extension SweepExecution {
  /// Trains the runs that rank 0 names until it names no more.
  func follow(
    _ ranks: any Communicator, _ isInterrupted: () -> Bool
  ) throws -> RunQueue.Outcome {
    Interruption.saveFirst()
    let folders = try Dictionary(
      runs.map { try RunFolder(SweepFolder(output), configuration: $0) }.map { ($0.name, $0) },
      uniquingKeysWith: { first, _ in first })
    var known: [String: Inputs] = [:]
    while let name = ranks.nextRun() {
      // Rank 0 reports what went wrong, and goes on with the next run.
      try? trainTogether(folders[name], &known, isInterrupted)
    }
    return RunQueue.Outcome()
  }

  private func trainTogether(
    _ folder: RunFolder?, _ known: inout [String: Inputs], _ isInterrupted: () -> Bool
  ) throws {
    let compute = Compute(threads: threads, ranks: ranks)
    var inputs: Inputs?
    try compute.agreed {
      guard let folder else { throw UserError("the ranks were started with different sweeps") }
      inputs = try self.inputs(of: folder.configuration, &known)
    }
    guard let folder, let inputs else { return }
    try train(folder, inputs, compute, progress: { _ in }, isInterrupted: isInterrupted)
  }

  /// What a run needs; that of others that need the same is kept.
  private func inputs(
    of run: RunConfiguration, _ known: inout [String: Inputs]
  ) throws -> Inputs {
    let key = "\(run.data.name) \(run.backbone) \(run.torch == nil ? "" : run.loss)"
    let inputs = try known[key] ?? openInputs(of: [run], besides: [], threadsPerRun: threads)
    known[key] = inputs
    return inputs
  }
}

extension Communicator {
  /// Tells all ranks what to train. Only rank 0 calls this.
  func startRun(_ name: String) { _ = broadcasted(Array(name.utf8)) }

  /// Tells all ranks that there is nothing more to train. Only rank 0 calls this.
  func endRuns() { _ = broadcasted([]) }

  /// Waits for what rank 0 says.
  fileprivate func nextRun() -> String? {
    let name = broadcasted([])
    return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
  }
}
