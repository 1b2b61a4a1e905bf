import Files
import Foundation

/// How far the runs of a sweep are, as any process that sees its folder can tell.
package struct SweepStatus: Sendable {
  package enum State: Hashable, Sendable {
    case done
    /// Being trained: by whom, and the seconds since the last sign of life.
    case running(ClaimRecord?, silence: Double)
    /// Its process has ended, or said nothing for too long; the next sweep goes on with it.
    case deserted(ClaimRecord?)
    case failed(reason: String)
    case waiting(hasCheckpoint: Bool)
  }

  package struct Row: Hashable, Sendable {
    package var configuration: RunConfiguration
    package var state: State
  }

  package var name: String
  /// In the order of the plan.
  package var rows: [Row]
  private var estimate = TimeEstimate()

  /// Reads the state of every run; changes nothing.
  /// - Throws: `UserError` if there is no sweep in the folder, or its plan is damaged.
  package init(_ folder: SweepFolder) throws {
    guard let plan = try SweepPlan.load(folder.url) else {
      throw UserError(
        path: folder.url.relativePath,
        problem: "holds no sweep; give the --output folder of one that was started")
    }
    name = plan.name
    let packed = try Dictionary(
      folder.pack.manifests().map { ($0.run, $0) }, uniquingKeysWith: { $1 })
    let claims = folder.claims.standings()
    rows = []
    for configuration in plan.runs {
      let run = try RunFolder(folder, configuration: configuration)
      let manifest = (try? RunFolder.ownManifest(run.url)) ?? packed[run.name]
      let state = Self.state(run, claims[run.name], isPacked: packed[run.name] != nil)
      rows.append(Row(configuration: configuration, state: state))
      if let manifest, state == .done { learn(manifest) }
    }
  }

  private static func state(
    _ run: RunFolder, _ claim: ClaimFolder.Standing?, isPacked: Bool
  ) -> State {
    if let claim, !claim.isOver { return .running(claim.record, silence: claim.silence) }
    let isBegun = RunFolder.isBegun(run.url)
    if RunFolder.isFinished(run.url) || isPacked && !isBegun { return .done }
    if let claim { return .deserted(claim.record) }
    if let reason = RunFolder.failure(in: run.url) { return .failed(reason: reason) }
    return .waiting(hasCheckpoint: run.hasCheckpoint)
  }

  private mutating func learn(_ manifest: RunManifest) {
    let (run, environment) = (manifest.configuration, manifest.environment)
    estimate.add(
      run, iterations: run.training.iterations, seconds: environment.trainingSeconds)
    estimate.add(run, evaluationSeconds: environment.evaluationSeconds)
  }

  /// Whether no process works on any of the runs.
  package var isIdle: Bool {
    !rows.contains { if case .running = $0.state { true } else { false } }
  }

  /// The seconds until all runs are done if as many as now go on side by side; nil before it is known
  /// how long one takes, and where no process works.
  package var secondsLeft: Double? {
    var (running, waiting): ([Double], [Double]) = ([], [])
    for row in rows {
      switch row.state {
      case .done, .failed: continue
      case .running(let record, _):
        guard let seconds = secondsLeft(row.configuration, record?.progress) else { return nil }
        running.append(seconds)
      case .deserted, .waiting:
        guard let seconds = estimate.seconds(of: row.configuration) else { return nil }
        waiting.append(seconds)
      }
    }
    if running.isEmpty { return nil }
    return TimeEstimate.total(running: running, waiting: waiting, jobs: running.count)
  }

  private func secondsLeft(_ run: RunConfiguration, _ progress: ClaimedProgress?) -> Double? {
    guard let progress, !progress.isEvaluating else {
      return progress == nil ? estimate.seconds(of: run) : estimate.evaluationSeconds(of: run)
    }
    return progress.secondsLeft.map { $0 + estimate.evaluationSeconds(of: run) }
  }
}

extension RunFolder {
  fileprivate var hasCheckpoint: Bool {
    FileManager.default.fileExists(atPath: file(Name.checkpoint).path)
  }

  fileprivate static func ownManifest(_ url: URL) throws -> RunManifest {
    try readJSON(RunManifest.self, url.appending(path: Name.run))
  }
}
