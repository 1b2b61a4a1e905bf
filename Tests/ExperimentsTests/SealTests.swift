import Checkpoints
import Experiments
import Files
import Foundation
import TestSupport
import Testing

@Suite("Seals of stored files")
struct SealTests {
  private let temporary: TemporaryFolder
  private let sweep: SweepFolder
  private let folder: RunFolder

  init() throws {
    temporary = try TemporaryFolder()
    sweep = SweepFolder(temporary.url)
    folder = try RunFolder(sweep, configuration: exampleConfiguration())
  }

  private func storeSealed() throws {
    try folder.prepare()
    var record = exampleRecord
    (record.folder, record.configuration) = (folder.url, folder.configuration)
    record.weightsSeal = try folder.saveWeights([
      NamedArray(name: "w", shape: [2], values: [1, -0.5])
    ])
    try folder.finish(record)
  }

  /// Checks with one bit of a file flipped at a time; the file is then whole again.
  private func flipBits(
    of name: String, from first: Int, by step: Int, _ check: (Int) throws -> Void
  ) throws {
    let file = folder.file(name)
    let whole = try Data(contentsOf: file)
    for bit in stride(from: first, to: 8 * whole.count, by: step) {
      var other = whole
      other[bit / 8] ^= 1 << (bit % 8)
      try other.write(to: file)
      try check(bit)
    }
    try whole.write(to: file)
  }

  @Test func flippedBitOfACheckpointIsFound() throws {
    try folder.prepare()
    let checkpoint = Checkpoint(
      iteration: 7,
      arrays: [NamedArray(name: "m", shape: [64], values: (0..<64).map { Float($0) })],
      history: exampleHistory, trainingSeconds: 1.5, metadata: ["split": "x"])
    try folder.saveCheckpoint(checkpoint)
    try flipBits(of: "checkpoint.safetensors", from: 5, by: 211) { bit in
      let loaded = try folder.loadCheckpoint()
      #expect(loaded == nil || loaded == checkpoint, "bit \(bit)")
    }
    #expect(try folder.loadCheckpoint() == checkpoint)
  }

  @Test func damagedCheckpointIsSetAside() throws {
    try folder.prepare()
    try AtomicFile.write("nothing", to: folder.file("checkpoint.safetensors"))
    #expect(try folder.loadCheckpoint() == nil)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
    #expect(names == ["checkpoint.safetensors.damaged", "config.json"])
  }

  @Test func flippedBitOfWeightsIsFound() throws {
    try storeSealed()
    let file = folder.file("weights.safetensors")
    var data = try Data(contentsOf: file)
    data[data.endIndex - 1] ^= 1
    try data.write(to: file)
    #expect(failure { _ = try RunFolder.loadWeights(folder.url) }?.contains("is damaged") == true)
  }

  @Test func weightsOfAnotherRunAreRefused() throws {
    try storeSealed()
    let other = try RunFolder(sweep, configuration: exampleConfiguration(seed: 2))
    try storeExample(other)
    let file = folder.file("weights.safetensors")
    let own = try Data(contentsOf: file)
    try Data(contentsOf: other.file("weights.safetensors")).write(to: file)
    #expect(
      failure { _ = try RunFolder.loadWeights(folder.url) }?.contains("another training") == true)
    // Those of another training of the same configuration, too.
    try folder.saveWeights([NamedArray(name: "w", shape: [2], values: [1, -0.25])])
    #expect(
      failure { _ = try RunFolder.loadWeights(folder.url) }?.contains("another training") == true)
    try own.write(to: file)
    #expect(try RunFolder.loadWeights(folder.url).count == 1)
  }

  /// White space and the order of keys carry nothing; every number and every word does.
  @Test(arguments: [
    (#""loss" : "ce""#, #""loss" : "recall""#),
    (#""trainingSeconds" : 1.5"#, #""trainingSeconds" : 2.5"#),
    (#""evaluatedIteration" : 10"#, #""evaluatedIteration" : 11"#),
    (#""cores" : 2"#, #""cores" : 3"#),
    (#""seed" : 1"#, #""seed" : 2"#),
  ])
  func editedRecordIsFound(old: String, new: String) throws {
    try storeSealed()
    let file = folder.file("run.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    #expect(text.contains(old))
    try AtomicFile.write(text.replacing(old, with: new), to: file)
    #expect(failure { _ = try RunFolder.load(folder.url) }?.contains("edited") == true)
    #expect(try sweep.loadStored().records.isEmpty)
  }

  @Test func flippedBitOfArraysIsFoundOrHarmless() throws {
    try storeSealed()
    try flipBits(of: "arrays.npz", from: 1, by: 13) { bit in
      // Times and attributes in a zip archive say nothing of the arrays.
      guard let record = try? RunFolder.load(folder.url) else { return }
      #expect(record.history == exampleHistory && record.confusions == exampleConfusions, "\(bit)")
    }
  }

  /// A history cut at a line is valid JSON lines; in runs of earlier versions only its end tells.
  @Test func historyEndsWithTheTraining() throws {
    try folder.prepare()
    var record = exampleRecord
    (record.folder, record.configuration) = (folder.url, folder.configuration)
    record.history.removeLast()
    try folder.finish(record)
    #expect(
      failure { _ = try RunFolder.load(folder.url) }?.contains("ends at iteration 5 of 10") == true)
  }

  @Test func copyCountsOnceAndIsNamed() throws {
    try storeExample(folder)
    let copy = sweep.runs.appending(path: folder.url.lastPathComponent + " copy")
    try FileManager.default.copyItem(at: folder.url, to: copy)
    let stored = try sweep.loadStored()
    #expect(stored.records.map(\.folder) == [folder.url])
    #expect(stored.misnamed.map { $0.folder.lastPathComponent } == [copy.lastPathComponent])
    #expect(stored.misnamed.first?.error.problem.contains("is a copy of the run") == true)
    #expect(try sweep.loadAll().count == 1)
    // Packing leaves it where it is.
    #expect(try sweep.packRuns().added == 1)
    #expect(FileManager.default.fileExists(atPath: copy.appending(path: "run.json").path))
    #expect(try sweep.loadAll().count == 1)
  }

  /// As after a merge that kept both sides.
  @Test func lineThatIsThereTwiceCountsOnce() throws {
    try storeExample(folder)
    try sweep.packRuns()
    let index = temporary.file("runs.jsonl")
    let line = try Data(contentsOf: index)
    try (line + line).write(to: index)
    let stored = try sweep.loadStored()
    #expect(stored.records.count == 1)
    #expect(stored.misnamed.first?.error.problem.contains("stored twice") == true)
  }

  @Test func oneDamagedRunHidesNoOther() throws {
    for seed in 1...3 {
      try storeExample(RunFolder(sweep, configuration: exampleConfiguration(seed: UInt64(seed))))
    }
    try AtomicFile.write("{}", to: folder.file("run.json"))
    let stored = try sweep.loadStored()
    #expect(stored.records.map(\.configuration.seed) == [2, 3])
    #expect(stored.damaged.map(\.folder) == [folder.url])
    let found = try sweep.verify()
    #expect(found.runs == 2 && found.problems.count == 1)
    #expect(failure { _ = try sweep.loadAll() } != nil)
  }

  @Test func verificationReadsWeightsAndSplits() throws {
    try storeSealed()
    #expect(try sweep.verify().problems.isEmpty && sweep.verify().unsealed == 0)
    let weights = folder.file("weights.safetensors")
    var data = try Data(contentsOf: weights)
    data[data.endIndex - 2] ^= 4
    try data.write(to: weights)
    #expect(try sweep.verify().problems.first?.path == weights.path)
  }

  @Test func folderThatWasRemovedIsMadeAgain() throws {
    try folder.prepare()
    try FileManager.default.removeItem(at: temporary.url)
    try storeSealed()
    #expect(try RunFolder.load(folder.url).history == exampleHistory)
    try FileManager.default.removeItem(at: temporary.url)
    let checkpoint = Checkpoint(iteration: 7, arrays: [], history: [], trainingSeconds: 1)
    try folder.saveCheckpoint(checkpoint)
    #expect(try folder.loadCheckpoint() == checkpoint)
  }

  @Test func checkpointWhoseFolderCannotBeMadeAgainIsSavedElsewhere() throws {
    try AtomicFile.write("in the way", to: temporary.file("runs"))
    let checkpoint = Checkpoint(iteration: 7, arrays: [], history: [], trainingSeconds: 1)
    let message = failure { try folder.saveCheckpoint(checkpoint) }
    let words = (message ?? "").split(separator: " ").map(String.init)
    let path = try #require(words.first { $0.hasSuffix("-checkpoint.safetensors") })
    defer { unlink(path) }
    unlink(temporary.file("runs").path)
    try folder.prepare()
    try FileManager.default.copyItem(
      at: URL(filePath: path), to: folder.file("checkpoint.safetensors"))
    #expect(try folder.loadCheckpoint() == checkpoint)
  }
}
