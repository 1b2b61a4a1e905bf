import Datasets
import Experiments
import Files
import Foundation
import TestSupport
import Testing

@Suite("Packed runs, and runs of earlier versions")
struct RunPackTests {
  private let temporary: TemporaryFolder
  private let sweep: SweepFolder

  init() throws {
    temporary = try TemporaryFolder()
    sweep = SweepFolder(temporary.url)
  }

  private func folder(_ seed: UInt64) throws -> RunFolder {
    try RunFolder(sweep, configuration: exampleConfiguration(seed: seed))
  }

  private var files: [String] {
    get throws {
      try FileManager.default.subpathsOfDirectory(atPath: temporary.url.path).filter {
        var isFolder: ObjCBool = false
        let path = temporary.file($0).path
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
          && !isFolder.boolValue
      }.sorted()
    }
  }

  /// Stores a run as versions before `run.json` did.
  private func storeLoose(_ folder: RunFolder) throws {
    try AtomicFile.createFolder(folder.url.appending(path: "predictions"))
    func write(_ value: some Encodable, _ name: String) throws {
      try AtomicFile.write(try CanonicalJSON.encode(value, pretty: true), to: folder.file(name))
    }
    try write(folder.configuration, "config.json")
    try write(exampleEnvironment, "environment.json")
    try write(exampleSplit, "split.json")
    try write([0.5, 2], "class_weights.json")
    try write(["evaluatedIteration": 10], "done.json")
    var lines = Data()
    for entry in exampleHistory { lines += try CanonicalJSON.encode(entry) + Data("\n".utf8) }
    try AtomicFile.write(lines, to: folder.file("history.jsonl"))
    try NumPy.write(
      exampleConfusions.flatMap { $0.counts.map { Int32($0) } }, shape: [2, 2, 2],
      to: folder.file("confusions.npy"))
    for (place, image) in examplePredictions {
      try PNG.writeGray(
        height: image.height, width: image.width, bytes: image.ids,
        to: folder.file("predictions/\(place).png"))
    }
  }

  /// Runs in the pack, and how many were moved there.
  private func pack() throws -> [Int] {
    let packed = try sweep.packRuns()
    return [packed.runs, packed.added]
  }

  private func expectExample(_ record: RunRecord, seed: UInt64) {
    #expect(record.configuration == exampleConfiguration(seed: seed))
    #expect(record.environment == exampleEnvironment)
    #expect(record.split == exampleSplit)
    #expect(record.history == exampleHistory)
    #expect(record.confusions == exampleConfusions)
    #expect(record.predictions == examplePredictions)
    #expect(record.classWeights == [0.5, 2])
    #expect(record.evaluatedIteration == 10 && record.checkpoints == nil)
  }

  @Test func runOfAnEarlierVersionLoads() throws {
    let folder = try folder(1)
    try storeLoose(folder)
    expectExample(try RunFolder.load(folder.url), seed: 1)
    #expect(try sweep.loadAll().count == 1 && sweep.loadUnfinished().isEmpty)
    #expect(!folder.isDone, "it has no weights")
  }

  @Test(arguments: [
    "config.json", "environment.json", "split.json", "history.jsonl", "confusions.npy", "done.json",
  ])
  func truncatedFileOfAnEarlierVersionIsNamed(name: String) throws {
    let folder = try folder(1)
    try storeLoose(folder)
    let file = folder.file(name)
    try AtomicFile.write(try Data(contentsOf: file).dropLast(4), to: file)
    let message = try #require(failure { _ = try RunFolder.load(folder.url) })
    #expect(message.hasPrefix(file.path))
  }

  /// Training again replaces what an earlier version stored, the copy of the split included.
  @Test func runOfAnEarlierVersionIsReplaced() throws {
    let folder = try folder(1)
    try storeLoose(folder)
    try storeExample(folder)
    expectExample(try RunFolder.load(folder.url), seed: 1)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
    #expect(names == ["arrays.npz", "run.json", "weights.safetensors"])
  }

  /// Killed between the removal of two files.
  @Test func packingThatWasKilledIsCompleted() throws {
    try storeLoose(folder(1))
    try storeExample(folder(2))
    let copies = try [folder(1), folder(2)].map { folder in
      let names = ["arrays.npz", "history.jsonl"].filter {
        FileManager.default.fileExists(atPath: folder.file($0).path)
      }
      return (folder, try names.map { ($0, try Data(contentsOf: folder.file($0))) })
    }
    #expect(try pack() == [2, 2])
    let packed = try files
    for (folder, contents) in copies {
      try AtomicFile.createFolder(folder.url)
      for (name, data) in contents { try AtomicFile.write(data, to: folder.file(name)) }
    }
    try AtomicFile.write("half", to: temporary.file(".runs.npz.partial-1-1"))
    #expect(try files.count == packed.count + 3)
    #expect(try pack() == [2, 0])
    #expect(try files == packed)
  }

  /// Two runs of either layout become two files and a split; weights and unfinished runs stay.
  @Test func packingLosesNothing() throws {
    try storeLoose(folder(1))
    try storeExample(folder(2))
    let unfinished = try folder(3)
    try unfinished.prepare()
    #expect(try pack() == [2, 2])
    let split = try #require(try files.first { $0.hasPrefix("splits/") })
    let (second, third) = (try folder(2).url.lastPathComponent, unfinished.url.lastPathComponent)
    #expect(
      try files == [
        "runs.jsonl", "runs.npz", "runs/\(second)/weights.safetensors", "runs/\(third)/config.json",
        split,
      ])
    let records = try sweep.loadAll()
    #expect(records.count == 2)
    for (index, record) in records.enumerated() { expectExample(record, seed: UInt64(index + 1)) }
    #expect(try sweep.loadUnfinished().map(\.folder.lastPathComponent) == [third])
    expectExample(try RunFolder.load(folder(1).url), seed: 1)
    #expect(try !folder(1).isDone && folder(2).isDone, "only one has weights")

    let bytes = try ["runs.jsonl", "runs.npz"].map { try Data(contentsOf: temporary.file($0)) }
    try storeExample(unfinished)
    #expect(try pack() == [3, 1])
    #expect(try sweep.loadAll().count == 3)
    #expect(try pack() == [3, 0])
    // The bytes depend on the runs alone.
    for name in ["runs.jsonl", "runs.npz"] {
      try FileManager.default.removeItem(at: temporary.file(name))
    }
    try storeLoose(folder(1))
    try storeExample(folder(2))
    for name in ["run.json", "arrays.npz", "weights.safetensors"] {
      unlink(unfinished.file(name).path)
    }
    try sweep.packRuns()
    #expect(
      try ["runs.jsonl", "runs.npz"].map { try Data(contentsOf: temporary.file($0)) } == bytes)
  }

  /// A run that is trained again is hidden by its folder until it is finished, but not lost.
  @Test func folderHidesThePackedRun() throws {
    try storeLoose(folder(1))
    try storeLoose(folder(2))
    try sweep.packRuns()
    try folder(2).prepare()
    #expect(try sweep.loadAll().map(\.configuration.seed) == [1])
    #expect(try pack() == [2, 0])
    try storeLoose(folder(3))
    #expect(try pack() == [3, 1])
    #expect(try sweep.loadAll().map(\.configuration.seed) == [1, 3])
    try FileManager.default.removeItem(at: folder(2).url)
    #expect(try sweep.loadAll().map(\.configuration.seed) == [1, 2, 3])
  }

  @Test(arguments: ["runs.jsonl", "runs.npz"])
  func damagedPackIsNamed(name: String) throws {
    try storeLoose(folder(1))
    try sweep.packRuns()
    let file = temporary.file(name)
    let whole = try Data(contentsOf: file)
    for count in stride(from: 1, to: whole.count - 1, by: 7) {
      try whole.prefix(count).write(to: file)
      #expect(failure { _ = try sweep.loadAll() }?.hasPrefix(file.path) == true, "\(count) bytes")
    }
  }

  @Test func missingOrForeignSplitIsNamed() throws {
    try storeExample(folder(1))
    let splits = temporary.file("splits")
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: splits.path).first)
    let file = splits.appending(path: name)
    var other = exampleSplit
    other.train = ["x"]
    try AtomicFile.write(try CanonicalJSON.encode(other), to: file)
    #expect(
      failure { _ = try sweep.loadAll() }
        == "\(file.path): is damaged: it does not match the digest in its name; run the sweep again, "
        + "which writes this file again")
    try FileManager.default.removeItem(at: file)
    #expect(failure { _ = try sweep.loadAll() }?.hasPrefix("\(file.path): does not exist") == true)
  }

  /// A prediction that cannot be read costs pictures, but is not thrown away by packing.
  @Test func damagedPredictionOfAnEarlierVersionIsNotPacked() throws {
    let folder = try folder(1)
    try storeLoose(folder)
    try AtomicFile.write(Data([1, 2, 3]), to: folder.file("predictions/1.png"))
    #expect(try RunFolder.load(folder.url).predictions.isEmpty)
    #expect(failure { try sweep.packRuns() }?.contains("predictions that cannot be read") == true)
    #expect(FileManager.default.fileExists(atPath: folder.file("done.json").path))
  }
}
