import Experiments
import Files
import Foundation
import TestSupport
import Testing

/// Each configuration counts once, whatever its folders are called.
@Suite("Copies of stored runs")
struct StoredOnceTests {
  private let temporary: TemporaryFolder
  private let sweep: SweepFolder

  init() throws {
    temporary = try TemporaryFolder()
    sweep = SweepFolder(temporary.url)
  }

  private func folder(_ seed: UInt64, loss: String = "ce") throws -> RunFolder {
    try RunFolder(sweep, configuration: exampleConfiguration(loss: loss, seed: seed))
  }

  private func copy(_ folder: RunFolder, as name: String) throws -> URL {
    let copy = sweep.runs.appending(path: name)
    try FileManager.default.copyItem(at: folder.url, to: copy)
    return copy
  }

  @Test(arguments: [
    ("Copy of ", ""), ("backup-", ""), ("old-", ""), ("a-", ""), ("Kopie von ", ""), ("", " (1)"),
    ("", "-old"), ("", "~"), ("synthia-", ""),
  ])
  func copyIsLeftOutAndStays(prefix: String, suffix: String) throws {
    let run = try folder(1)
    try storeExample(run)
    try storeExample(folder(2))
    let copy = try copy(run, as: prefix + run.url.lastPathComponent + suffix)
    let stored = try sweep.loadStored()
    #expect(stored.records.map(\.configuration.seed) == [1, 2])
    #expect(stored.records.first?.folder == run.url)
    #expect(stored.misnamed.map(\.folder.lastPathComponent) == [copy.lastPathComponent])
    #expect(try sweep.verify().problems.first?.problem.hasPrefix("is a copy of the run ") == true)
    #expect(try sweep.packRuns().runs == 2)
    #expect(FileManager.default.fileExists(atPath: copy.appending(path: "run.json").path))
    #expect(try sweep.loadAll().map(\.configuration.seed) == [1, 2])
    #expect(try sweep.packRuns().runs == 2)
  }

  @Test func renamedRunIsLeftOutAndNamed() throws {
    let run = try folder(1)
    try storeExample(run)
    let other = sweep.runs.appending(path: "best " + run.url.lastPathComponent)
    try FileManager.default.moveItem(at: run.url, to: other)
    let stored = try sweep.loadStored()
    #expect(stored.records.isEmpty)
    #expect(
      stored.misnamed.first?.error.problem.contains(
        "then name it \(run.url.lastPathComponent) again")
        == true)
    #expect(try sweep.packRuns().runs == 0)
    #expect(FileManager.default.fileExists(atPath: other.appending(path: "run.json").path))
  }

  /// Earlier versions wrote `recall + 0.5 * lovasz` in this way.
  @Test func nameOfAnEarlierVersionCounts() throws {
    let run = try folder(1, loss: "recall + 0.5 * lovasz")
    try storeExample(run)
    let name = run.url.lastPathComponent
    let old = try copy(run, as: name.replacing("recall-plus-0.5-lovasz", with: "recall-0.5-lovasz"))
    #expect(old != run.url)
    #expect(
      try sweep.loadStored().misnamed.map(\.folder.lastPathComponent) == [old.lastPathComponent])
    // It also counts beside a run that has only begun.
    unlink(run.file("run.json").path)
    try run.prepare()
    #expect(try sweep.loadStored().records.map(\.name) == [old.lastPathComponent])
    #expect(try sweep.loadUnfinished().isEmpty)
    try FileManager.default.removeItem(at: run.url)
    #expect(try sweep.loadAll().map(\.name) == [old.lastPathComponent])
    #expect(try sweep.packRuns().added == 1)
    #expect(try sweep.loadAll().map(\.name) == [name])
  }

  /// Packed under the current name, and in a folder under an earlier one.
  @Test func twoVersionsOfARunAreNotPacked() throws {
    let run = try folder(1, loss: "recall + 0.5 * lovasz")
    try storeExample(run)
    let old = try copy(
      run,
      as: run.url.lastPathComponent.replacing("recall-plus-0.5-lovasz", with: "recall-0.5-lovasz"))
    let aside = temporary.file("aside")
    try FileManager.default.moveItem(at: old, to: aside)
    try sweep.packRuns()
    try FileManager.default.createDirectory(at: sweep.runs, withIntermediateDirectories: true)
    try FileManager.default.moveItem(at: aside, to: old)
    let pack = try Data(contentsOf: temporary.file("runs.npz"))
    #expect(try sweep.loadStored().records.count == 1)
    #expect(failure { try sweep.packRuns() }?.contains("is a copy of the run ") == true)
    #expect(try Data(contentsOf: temporary.file("runs.npz")) == pack)
    #expect(FileManager.default.fileExists(atPath: old.appending(path: "run.json").path))
  }

  @Test func lineThatAPackLostIsNamed() throws {
    for seed in 1...3 { try storeExample(folder(UInt64(seed))) }
    try sweep.packRuns()
    let index = temporary.file("runs.jsonl")
    let whole = try String(contentsOf: index, encoding: .utf8)
    let lines = whole.split(separator: "\n")
    let lost = try folder(3).url.lastPathComponent
    for kept in [lines.filter { !$0.contains(lost) }, []] {
      try kept.map { $0 + "\n" }.joined().write(to: index, atomically: true, encoding: .utf8)
      let stored = try sweep.loadStored()
      #expect(stored.records.count == kept.count)
      #expect(
        stored.errors.last?.problem
          == "has no line for the run \(lost), whose arrays are in runs.npz: it was cut or edited; "
          + "restore it, or run the sweep again")
      #expect(try sweep.verify().problems == stored.errors)
      #expect(failure { try sweep.packRuns() }?.contains("has no line for the run ") == true)
    }
    // Packing that was killed between its two files: the runs are still in their folders.
    try whole.write(to: index, atomically: true, encoding: .utf8)
    try storeExample(folder(4))
    let folders = try Data(contentsOf: index)
    let aside = temporary.file("aside")
    try FileManager.default.copyItem(at: sweep.runs, to: aside)
    try sweep.packRuns()
    try folders.write(to: index)
    try? FileManager.default.removeItem(at: sweep.runs)
    try FileManager.default.moveItem(at: aside, to: sweep.runs)
    #expect(try sweep.loadStored().errors.isEmpty)
    #expect(try sweep.packRuns().runs == 4)
  }

  @Test func damagedPackLosesNoOtherRun() throws {
    for seed in 1...2 { try storeExample(folder(UInt64(seed))) }
    try sweep.packRuns()
    try storeExample(folder(3))
    let arrays = temporary.file("runs.npz")
    try Data(contentsOf: arrays).dropLast(100).write(to: arrays)
    let stored = try sweep.loadStored()
    #expect(stored.records.map(\.configuration.seed) == [3] && stored.damaged.count == 2)
    #expect(stored.errors.count == 1)
    #expect(stored.errors.first?.path == arrays.path)
    #expect(
      stored.errors.first?.problem.hasSuffix(
        "; restore it, or run the sweep again (2 runs need it)") == true)
    for seed in 1...2 { try storeExample(folder(UInt64(seed))) }
    #expect(try sweep.packRuns().runs == 3)
    #expect(try sweep.loadAll().count == 3)
  }

  @Test func flippedBitOfAPlanIsFound() throws {
    let plan = SweepPlan(
      name: "t", runs: [exampleConfiguration(), exampleConfiguration(seed: 2)])
    try plan.save(to: temporary.url, adding: false)
    #expect(try SweepPlan.load(temporary.url) == plan)
    let file = temporary.file("sweep.json")
    let whole = try Data(contentsOf: file)
    for bit in stride(from: 3, to: 8 * whole.count, by: 5) {
      var other = whole
      other[bit / 8] ^= 1 << (bit % 8)
      try other.write(to: file)
      let loaded = try? SweepPlan.load(temporary.url)
      #expect(loaded == nil || loaded == plan, "bit \(bit)")
    }
    try whole.write(to: file)
    try plan.save(to: temporary.url, adding: true)
    #expect(try Data(contentsOf: file) == whole)
  }

  private func damage(_ name: String) throws -> (file: URL, whole: Data) {
    let folder = temporary.file(name)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let file = folder.appending(path: try #require(names.first))
    let whole = try Data(contentsOf: file)
    var other = whole
    other[whole.count / 2] ^= 1
    try other.write(to: file)
    return (file, whole)
  }

  /// Whoever stores a run stores what it shares with others, too.
  @Test func damagedListIsWrittenAgainWithTheNextRun() throws {
    try storeExample(folder(1))
    try storeExample(folder(2))
    let (file, whole) = try damage("splits")
    let stored = try sweep.loadStored()
    #expect(stored.records.isEmpty && stored.damaged.count == 2)
    #expect(stored.errors.count == 1)
    let error = try #require(stored.errors.first)
    #expect(error.path == file.path && error.problem.contains("run the sweep again"))
    #expect(error.problem.hasSuffix("(2 runs need it)"))
    #expect(try sweep.verify().problems == stored.errors)
    try storeExample(folder(3))
    #expect(try Data(contentsOf: file) == whole)
    #expect(try sweep.loadAll().count == 3)
  }

  @Test func damagedPlanSaysWhatToDo() throws {
    try AtomicFile.write("{", to: temporary.file("sweep.json"))
    #expect(
      failure { _ = try SweepPlan.load(temporary.url) }?.contains("run the sweep again") == true)
    #expect(SweepPlan.loadReadable(temporary.url, outcome: "left out") == nil)
    let plan = SweepPlan(name: "s", runs: [exampleConfiguration()])
    try plan.save(to: temporary.url, adding: true)
    #expect(try SweepPlan.load(temporary.url) == plan)
  }
}
