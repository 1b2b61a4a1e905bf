import Files
import Foundation
import Losses
import Tensors

/// What a sweep checks of the finished runs in its folder before it calls them done.
extension SweepExecution {
  /// Reads the finished runs. A damaged one of this sweep is set aside, so that it is trained again;
  /// others are named.
  func storedRuns() throws -> [RunRecord] {
    let folder = SweepFolder(output)
    guard folder.holdsRuns else { return [] }
    var stored = try folder.loadStored()
    if try restoreSplits(of: stored.damaged) { stored = try folder.loadStored() }
    try restoreCode(of: stored.records)
    let names = Set(try runs.map { try $0.runName })
    var others = stored
    let inWork = folder.claims.standings().filter { !$0.value.isOver }
    let isOwn = { (left: StoredRuns.LeftOut) in
      names.contains(left.folder.lastPathComponent)
        && inWork[left.folder.lastPathComponent] == nil
        // The weights of a run whose numbers are in a damaged pack.
        && (RunFolder.isFinished(left.folder) || RunFolder.hasWeights(left.folder))
    }
    others.damaged.removeAll(where: isOwn)
    others.misnamed.removeAll(where: isOwn)
    for left in stored.damaged + stored.misnamed where isOwn(left) { try setAside(left) }
    for error in others.errors { warn("left out: \(error)") }
    return stored.records
  }

  private func setAside(_ run: StoredRuns.LeftOut) throws {
    let place = output.appending(path: "damaged")
    try AtomicFile.createFolder(place)
    let name = run.folder.lastPathComponent
    let taken = Set(try FileManager.default.contentsOfDirectory(atPath: place.path))
    let free = ([name] + (2...1000).map { "\(name)-\($0)" }).first { !taken.contains($0) } ?? name
    guard rename(run.folder.path, place.appending(path: free).path) == 0 else {
      throw UserError(path: run.folder.path, action: "set the damaged run aside", errno: errno)
    }
    warn(
      "\(run.error); the folder is set aside as \(place.lastPathComponent)/\(free), and the run is trained "
        + "again")
  }

  /// Checks that the sweeps that are at work in the folder are of this build.
  func checkCode(of others: [ClaimFolder.Standing]) throws(UserError) {
    guard !acceptsOtherCode else { return }
    let code = CodeManifest.built.digest
    guard let other = others.first(where: { $0.record.map { $0.code != code } ?? false }) else {
      return
    }
    throw UserError(
      path: output.path,
      problem:
        "a sweep with another build of this program is at work here (\(other.ownerText)); use "
        + "the same build for all, wait for it, or name another --output")
  }

  /// Checks that the code that decides numbers is the one that made the runs that are done.
  func checkCode(of done: [RunFolder], _ stored: [RunRecord]) throws(UserError) {
    guard !acceptsOtherCode, keeping == nil else { return }
    let names = Set(done.map(\.url.lastPathComponent))
    let own = stored.filter { names.contains($0.name) }
    if let other = own.first(where: { $0.environment.engine != nil }), done.count < runs.count {
      throw UserError(
        path: other.folder.path,
        problem: "was trained by \(other.environment.trainedBy), and runs of two engines do not "
          + "belong in one table; name another --output for what is trained here")
    }
    let records = own.filter { $0.environment.code != nil }
    if let other = records.first(where: { $0.isOfAnotherProgram }) {
      throw UserError(
        path: other.folder.path,
        problem:
          "was made by another build of this program, in which \(other.configuration.loss) may "
          + "compute other values; name another --output, remove the folder to train it again, or keep "
          + "it with --accept-other-code")
    }
    try Baselines(folder: output, records: records).checkCode(
      advice:
        "name another --output, remove the folders of these runs to train them again, or keep "
        + "them with --accept-other-code")
  }

  /// Completes the events for TensorBoard of runs that are done in their own folders, and of which an
  /// earlier sweep could not write them all.
  func updateEvents(of done: [RunFolder], _ stored: [RunRecord]) {
    guard writesEvents else { return }
    for folder in done where RunFolder.isFinished(folder.url) {
      guard let record = stored.first(where: { $0.name == folder.url.lastPathComponent }) else {
        continue
      }
      folder.writeEvents { try RunEvents(record) }
    }
  }

  /// Whether the images of a run that is done can be read to see whether they are the same: those of
  /// stand-ins follow from the configuration, unless their files were changed, and of others the place
  /// must be known.
  func canCheckImages(of run: RunConfiguration) -> Bool {
    if run.data.source == .rendered { return data.hasRendered(run.data) }
    return data.has(run.data.name)
      || sweep.datasets.contains {
        $0.data.name == run.data.name && ($0.place != nil || $0.description != nil)
      }
  }

  /// Checks that stored runs used the images and labels that the runs of this sweep are about to use
  /// or, where they are done, would use. The runs to train then share what was read.
  /// - Parameter pending: runs that are trained, which replace those stored under their names.
  func checkImages(
    _ inputs: Inputs, _ stored: [RunRecord], replacing pending: [RunConfiguration]
  ) throws {
    let replaced = Set(try pending.map { try $0.runName })
    let stored = stored.filter { !replaced.contains($0.name) }
    var checked: Set<RunDataCache.Key> = []
    for run in runs where checked.insert(.init(run)).inserted {
      let others = (stored + rivals).filter { RunImages($0).readsSameFiles(as: run.data) }
      guard let dataset = inputs.datasets[run.data.name], !others.isEmpty else { continue }
      let read = try inputs.images.data(for: run, compute: Compute(threads: threads)) { dataset }
      let images = RunImages(run.data, read.split)
      for other in others {
        guard let difference = RunImages(other).difference(from: images) else { continue }
        throw UserError(
          path: other.folder.path,
          problem: "used different \(difference) from the current ones; give the data that it was "
            + "trained with, name another --output, or remove its folder to train it again")
      }
    }
  }
}

extension RunRecord {
  /// Whether its loss is of another package, and the program with that loss has been built anew.
  fileprivate var isOfAnotherProgram: Bool {
    guard let program = environment.program, LossRegistry.isRegistered(configuration.loss) else {
      return false
    }
    return program != RunEnvironment.program
  }
}
