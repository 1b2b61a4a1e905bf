import BundleSupport
import Datasets
import Experiments
import Files
import Foundation
import TestSupport
import Testing

/// What `import` takes and what it refuses.
@Suite("Runs that come back from PyTorch") struct ImportTests {
  private let fixture: BundleFixture

  init() throws {
    fixture = try BundleFixture()
    try fixture.writeBundle()
    try fixture.comeBack()
  }

  private func imported() throws -> ImportSummary {
    try BundleFolder(fixture.bundle).importRuns(into: fixture.results)
  }

  private var records: [RunRecord] {
    get throws { try SweepFolder(fixture.native).loadAll() }
  }

  @Test func everyNumberArrives() throws {
    let summary = try imported()
    #expect(summary.added.count == 3 && summary.refused == [] && summary.unfinished == [])
    for (back, native) in zip(try SweepFolder(fixture.results).loadAll(), try records) {
      #expect(back.differences(from: native) == [])
      #expect(back.environment.engine?.title == "PyTorch 2.15.0 on NVIDIA H200")
      #expect(back.environment.code == nil && back.environment.blas == "CUDA 13.2, cuDNN 9.1")
      let weights = try RunFolder.loadWeights(back.folder)
      let isSame = try weights == RunFolder.loadWeights(native.folder)
      #expect(isSame)
    }
    #expect(try SweepPlan.load(fixture.results)?.runs.count == 3)
    #expect(try SweepFolder(fixture.results).verify().problems == [])
    // Once more, there is nothing to do.
    #expect(try imported().known.count == 3)
  }

  @Test func boundaryAndCalibrationArrive() throws {
    // Written by hand only where a sweep asks for them; without, there must be none.
    let other = try BundleFixture()
    try other.writeBundle(extra: "evaluate: {boundary: true}")
    try other.comeBack(extra: "evaluate: {boundary: true}")
    let summary = try BundleFolder(other.bundle).importRuns(into: other.results)
    #expect(summary.refused.count == 3)
    #expect(summary.refused.first?.problem.contains("measures that its configuration") == true)
  }

  @Test func unfinishedRunsAreNamed() throws {
    let all = try records
    try FileManager.default.removeItem(at: fixture.folder(of: all[0]))
    let half = fixture.folder(of: all[1])
    try FileManager.default.removeItem(at: half.appending(path: "SHA256SUMS"))
    try AtomicFile.write("x", to: half.appending(path: "checkpoint.pt"))
    let summary = try imported()
    #expect(summary.added == [all[2].name] && summary.refused == [])
    #expect(summary.unfinished[0].hasSuffix("not trained yet"))
    #expect(summary.unfinished[1].contains("stopped half-way"))
    #expect(summary.unfinished.count == 2)
  }

  @Test func resultsWithoutTheirListAreNotTakenForUntrained() throws {
    let run = try records[1]
    try FileManager.default.removeItem(at: fixture.folder(of: run).appending(path: "SHA256SUMS"))
    let summary = try imported()
    #expect(summary.added.count == 2 && summary.unfinished == [] && summary.refused.count == 1)
    #expect(summary.refused[0].path?.hasSuffix("SHA256SUMS") == true)
  }

  /// Results have folders of the same names.
  @Test(arguments: ["", "sub/folder", "../bundle"])
  func bundleIsNotOverwritten(place: String) throws {
    let run = fixture.folder(of: try records[0]).appending(path: "arrays.npz")
    let before = try Data(contentsOf: run)
    let output = fixture.bundle.appending(path: place)
    let message = failure { _ = try BundleFolder(fixture.bundle).importRuns(into: output) }
    #expect(message?.contains("is in the bundle") == true)
    #expect(try Data(contentsOf: run) == before)
  }

  @Test func sweepWithTheNameOfAPathIsRefused() throws {
    let file = fixture.bundle.appending(path: "bundle.json")
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    try AtomicFile.write(
      text.replacing("\"sweep\" : \"tiny\"", with: "\"sweep\" : \"../evil\""), to: file)
    #expect(failure { _ = try imported() }?.contains("was changed") == true)
  }

  /// A file that was changed after it was written.
  @Test(arguments: ["record.json", "arrays.npz", "weights.safetensors"])
  func tamperedFileIsRefused(name: String) throws {
    let run = try records[1]
    let file = fixture.folder(of: run).appending(path: name)
    var content = try Data(contentsOf: file)
    content[content.count / 2] ^= 1
    try AtomicFile.write(content, to: file)
    let summary = try imported()
    #expect(summary.added.count == 2 && summary.refused.count == 1)
    #expect(summary.refused[0].path == file.path)
    #expect(summary.refused[0].problem.contains("is not what was written"))
  }

  /// Files that were written whole, with digests that fit, but whose content cannot be that of the run.
  @Test(arguments: Damage.allCases)
  fileprivate func impossibleRunIsRefused(damage: Damage) throws {
    let run = try records[1]
    try fixture.write(run) { damage.apply(to: &$0) }
    let summary = try imported()
    #expect(summary.added.count == 2 && summary.refused.count == 1, "\(damage)")
    let problem = summary.refused.first?.problem ?? ""
    #expect(problem.contains(damage.message), "\(damage): \(problem)")
    #expect(!RunFolder.holdsRun(fixture.results.appending(path: "runs/\(run.name)")))
  }

  @Test func anotherTrainingOfARunIsNotReplaced() throws {
    _ = try imported()
    let run = try records[1]
    try fixture.write(run) { returned in
      var history = returned.record["history"] as? [[String: Any]] ?? []
      history[0]["loss"] = 7.5
      returned.record["history"] = history
    }
    let summary = try imported()
    #expect(summary.known.count == 2 && summary.added == [])
    #expect(summary.refused.first?.problem.contains("is another training of this run") == true)
  }

  @Test func bundleThatWasChangedIsRefused() throws {
    let file = fixture.bundle.appending(path: "bundle.json")
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    func message(_ changed: String) throws -> String? {
      try AtomicFile.write(changed, to: file)
      return failure { _ = try imported() }
    }
    #expect(
      try message(text.replacing("\"version\" : 1", with: "\"version\" : 2"))?
        .contains("is a bundle of version 2") == true)
    #expect(
      try message(text.replacing("\"iterations\" : 4", with: "\"iterations\" : 5"))?
        .contains("does not match its digest") == true)
    #expect(try message("{")?.contains("is damaged") == true)
    try FileManager.default.removeItem(at: file)
    #expect(failure { _ = try imported() }?.contains("is not a bundle") == true)
  }

  @Test func changedListOfImagesIsRefused() throws {
    let folder = fixture.bundle.appending(path: "data")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let file = folder.appending(path: name)
      try AtomicFile.write(try Data(contentsOf: file) + [0x0a], to: file)
    }
    let summary = try imported()
    #expect(summary.refused.count == 3)
    #expect(summary.refused.first?.problem.contains("was changed since the bundle") == true)
  }

  // Engines in one folder.

  /// Seed 2 trained here, seed 1 there.
  private func mixed() throws -> String? {
    let here = try fixture.execution(seeds: "2", output: "results")
    _ = try here.run { false }
    return failure { _ = try imported() }
  }

  @Test func runsOfTwoEnginesDoNotShareATable() throws {
    let message = try mixed() ?? ""
    #expect(message.contains("was trained by") && message.contains("keep them in two folders"))
    #expect(try SweepFolder(fixture.results).loadAll().count == 3)
  }

  @Test func parityOfEveryLossAllowsIt() throws {
    func rows(_ difference: Double) throws -> [ParityRecord.Row] {
      try fixture.execution().runs.flatMap { run in
        ["mean_accuracy", "mean_iou"].map {
          ParityRecord.Row(
            configuration: run.withoutSeed, score: $0, seeds: [1, 2, 3], values: [[], []],
            difference: difference, bound: 1)
        }
      }
    }
    func save(_ rows: [ParityRecord.Row]) throws {
      try AtomicFile.createFolder(fixture.results)
      let record = ParityRecord(
        engines: ["RecallBench", "PyTorch in float32"], trainedBy: [[], []], rows: rows)
      try AtomicFile.write(
        try CanonicalJSON.encode(record), to: fixture.results.appending(path: "parity.json"))
    }
    try save(try rows(1.5))
    #expect(try mixed()?.contains("do not belong in one table") == true)
    try save(Array(try rows(0.5).dropLast()))
    #expect(try mixed()?.contains("do not belong in one table") == true)
    try save(try rows(0.5))
    #expect(try mixed() == nil)
    #expect(try SweepFolder(fixture.results).loadAll().count == 6)
  }

  @Test func whereARunWasBegunIsNamed() throws {
    for run in try records {
      try fixture.write(run) { returned in
        var engine = returned.record["engine"] as? [String: Any] ?? [:]
        engine["earlier"] = ["PyTorch 2.4.0 on NVIDIA A100"]
        returned.record["engine"] = engine
      }
    }
    _ = try imported()
    #expect(
      try SweepFolder(fixture.results).loadAll()[0].environment.trainedBy
        == "PyTorch 2.15.0 on NVIDIA H200, in part by PyTorch 2.4.0 on NVIDIA A100")
  }

  @Test(arguments: ["SHA256SUMS", "record.json", "arrays.npz", "weights.safetensors"])
  func missingFileIsNamedWithWhatToDo(name: String) throws {
    let file = fixture.folder(of: try records[1]).appending(path: name)
    try FileManager.default.removeItem(at: file)
    let error = try imported().refused.first
    #expect(error?.path == file.path)
    #expect(error?.problem.hasPrefix("is missing; copy the run's folder again") == true)
  }

  @Test(arguments: ["data", "stores"])
  func missingFileOfTheBundleIsNamedWithWhatToDo(folder: String) throws {
    try FileManager.default.removeItem(at: fixture.bundle.appending(path: folder))
    let error = try imported().refused.first
    #expect(error?.problem == "is missing; copy the bundle again")
  }

  @Test func programOfAnotherBuildIsNamed() throws {
    #expect(try BundleFolder(fixture.bundle).otherProgram == nil)
    let file = fixture.bundle.appending(path: "bundle.json")
    var text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    let start = try #require(text.range(of: "\"run.py\" : \""))
    text.replaceSubrange(start.upperBound..<text.index(start.upperBound, offsetBy: 2), with: "zz")
    try AtomicFile.write(text, to: file)
    #expect(try BundleFolder(fixture.bundle).otherProgram != nil)
  }

  @Test func sweepDoesNotMixEngines() throws {
    _ = try imported()
    let here = try fixture.execution(seeds: "1, 2", output: "results")
    let message = failure { _ = try here.run { false } } ?? ""
    #expect(message.contains("runs of two engines do not belong in one table"))
  }

  @Test func weightsPredictTheSameHere() throws {
    _ = try imported()
    let folder = SweepFolder(fixture.results)
    let run = try #require(try folder.loadAll().first)
    let found = try folder.evaluate(
      again: run,
      data: DataFolders(
        paths: [.camvid: fixture.temporary.file("camvid")], cache: fixture.temporary.file("cache")),
      threads: 1)
    #expect(found.differing == 0 && found.pixels > 1000 && found.isRounding)
    #expect(found.largestShare == 1e-3)
    // An engine that evaluates in fewer bits differs in more pixels.
    let shares = ["float32", "tf32", "bfloat16"].map {
      EvaluationDifference.largestShare(precision: $0)
    }
    #expect(shares == [1e-3, 0.01, 0.05])
  }
}

private enum Damage: String, CaseIterable, CustomTestStringConvertible {
  case otherDigest, otherConfiguration, otherImages, otherProgram, otherVersion, textForNumber
  case infinite, moreImages, fewerImages, movedPixel, movedCorrectedPixel, otherScores
  case halfHistory, noCorrected, otherTaus, infiniteWeights, missingWeights, unknownClass
  case otherPicture, otherEngine, hiddenText, longList, impossibleScore, otherUncorrected

  var testDescription: String { rawValue }

  var message: String {
    switch self {
    case .otherDigest, .otherConfiguration: "its configuration is not that of the bundle's run"
    case .otherImages: "was trained on other images"
    case .otherProgram: "was trained by other Python files"
    case .otherVersion: "is a record of version 2"
    case .textForNumber: "does not make sense"
    case .infinite: "not finite"
    case .moreImages: "contains 5 images, but the split has 4"
    case .fewerImages: "contains 3 images, but the split has 4"
    case .movedPixel, .movedCorrectedPixel: "does not have the pixels of its labels"
    case .otherScores: "its scores are not those of its confusion matrices"
    case .halfHistory: "its history ends at iteration"
    case .noCorrected: "lacks corrected"
    case .otherTaus: "other strengths of prior correction"
    case .infiniteWeights: "values that are not finite"
    case .missingWeights: "stored weights lack"
    case .unknownClass, .otherPicture: "does not have the predictions"
    case .otherEngine, .hiddenText: "names no engine and machine"
    case .longList: "has a list that is not of the 11 classes"
    case .impossibleScore: "has scores or an iteration that cannot be"
    case .otherUncorrected: "its matrices without correction are not the others"
    }
  }

  func apply(to returned: inout ReturnedFixture) {
    func changeEngine(_ key: String, _ value: Any) {
      var engine = returned.record["engine"] as? [String: Any] ?? [:]
      engine[key] = value
      returned.record["engine"] = engine
    }
    switch self {
    case .otherDigest: returned.record["digest"] = String(repeating: "0", count: 64)
    case .otherConfiguration:
      var configuration = returned.record["configuration"] as? [String: Any] ?? [:]
      configuration["seed"] = 9
      returned.record["configuration"] = configuration
    case .otherImages: returned.record["splitDigest"] = "1"
    case .otherProgram: changeEngine("program", "1")
    case .otherVersion: returned.record["version"] = 2
    case .textForNumber: returned.record["trainingSeconds"] = "much"
    case .infinite: returned.record["trainingSeconds"] = "inf"
    case .moreImages, .fewerImages: changeCount(&returned)
    case .movedPixel: Self.move(&returned.confusions[0], returned.classes)
    case .movedCorrectedPixel: Self.move(&returned.corrected[3][1], returned.classes)
    case .otherScores:
      var checkpoints = returned.record["checkpoints"] as? [String: [String: Any]] ?? [:]
      checkpoints["last"]?["meanIoU"] = 0.9
      returned.record["checkpoints"] = checkpoints
    case .halfHistory:
      let history = returned.record["history"] as? [Any] ?? []
      returned.record["history"] = Array(history.dropLast())
    case .noCorrected: returned.missing = ["corrected.npy"]
    case .otherTaus:
      returned.record["priorTaus"] = [0.0, 0.5]
      returned.corrected = Array(returned.corrected.prefix(2))
    case .infiniteWeights: returned.weights[0].values[3] = .nan
    case .missingWeights: returned.weights.removeLast()
    case .unknownClass: returned.predictions[returned.predictions.keys.min() ?? 0]?.ids[0] = 11
    case .otherEngine: changeEngine("name", "RecallBench")
    case .hiddenText: changeEngine("device", "GPU\n\u{1b}[2J")
    case .longList:
      var history = returned.record["history"] as? [[String: Any]] ?? []
      history[0]["falsePositives"] = [0.5]
      returned.record["history"] = history
    case .impossibleScore:
      var checkpoints = returned.record["checkpoints"] as? [String: [String: Any]] ?? [:]
      checkpoints["best"]?["meanIoU"] = 5.0
      returned.record["checkpoints"] = checkpoints
    case .otherUncorrected:
      // Another class predicted for a pixel of the same label.
      guard let from = returned.corrected[0][0].firstIndex(where: { $0 > 0 }) else { return }
      let row = from / returned.classes * returned.classes
      returned.corrected[0][0][from] -= 1
      returned.corrected[0][0][row + (from - row + 1) % returned.classes] += 1
    case .otherPicture:
      returned.predictions.removeValue(forKey: returned.predictions.keys.min() ?? 0)
    }
  }

  private func changeCount(_ returned: inout ReturnedFixture) {
    func change<Element>(_ list: inout [Element]) {
      if self == .moreImages { list.append(list[0]) } else { list.removeLast() }
    }
    change(&returned.confusions)
    for tau in returned.corrected.indices { change(&returned.corrected[tau]) }
  }

  /// Gives a pixel of the first class that has one to another class, so that the sum stays.
  private static func move(_ matrix: inout [Int], _ classes: Int) {
    guard let from = matrix.firstIndex(where: { $0 > 0 }) else { return }
    matrix[from] -= 1
    matrix[(from + classes) % matrix.count] += 1
  }
}
