import Experiments
import Files
import Foundation
import Models
import TestSupport
import Testing

/// Which versions of the code are taken to compute the same bits.
@Suite struct EquivalentCodeTests {
  private let history = EquivalentCode.history.map(\.digest)

  private func run(_ architecture: Architecture?, width: Double) -> RunConfiguration {
    var run = exampleConfiguration()
    (run.architecture, run.width) = (architecture, width)
    return run
  }

  @Test func versionsAreNamedOnce() {
    #expect(Set(history).count == history.count && history.allSatisfy { $0.count == 64 })
    #expect(EquivalentCode.of("unknown", for: run(nil, width: 1)) == ["unknown"])
  }

  /// Winograd took over the convolutions of a narrow DeepLab v3+ whose channels are no multiple of 8.
  @Test(
    arguments: [(nil, 0.25), (.deeplabv3plus, 1), (.deeplabv3plus, 0.25)]
      as [(Architecture?, Double)])
  func aChangeSplitsOnlyTheRunsItConcerns(architecture: Architecture?, width: Double) throws {
    let run = run(architecture, width: width)
    let (first, last) = try (#require(history.first), #require(history.last))
    let isSame = width == 1 || architecture == nil
    #expect(EquivalentCode.of(first, for: run).contains(last) == isSame)
    #expect(EquivalentCode.of(last, for: run).contains(first) == isSame)
    #expect(EquivalentCode.of(last, for: run).contains(last))
  }

  /// What lies between a run's own code and the newest that computes the same is not kept.
  @Test func packKeepsTheRunsCodeAndTheNewest() throws {
    let temporary = try TemporaryFolder()
    let sweep = SweepFolder(temporary.url)
    try storeExample(RunFolder(sweep, configuration: exampleConfiguration())) {
      $0.environment.code = history[0]
    }
    try AtomicFile.createFolder(temporary.file("code"))
    for code in [history[0], history[1], "other"] {
      try AtomicFile.write(Data("{}".utf8), to: temporary.file("code/\(code).json"))
    }
    try sweep.packRuns(code: newest())
    #expect(try codes(temporary) == [history[0], #require(history.last), "other"])
  }

  /// A run whose bits the newest code changes keeps the newest of those that do not.
  @Test func packKeepsTheClosestCodeOfEachRun() throws {
    let temporary = try TemporaryFolder()
    let sweep = SweepFolder(temporary.url)
    for run in [run(nil, width: 0.25), run(.deeplabv3plus, width: 0.25)] {
      try storeExample(RunFolder(sweep, configuration: run)) { $0.environment.code = history[0] }
    }
    try AtomicFile.createFolder(temporary.file("code"))
    for code in history.dropLast() {
      try AtomicFile.write(Data("{}".utf8), to: temporary.file("code/\(code).json"))
    }
    let closest = try #require(
      EquivalentCode.of(history[0], for: run(.deeplabv3plus, width: 0.25)).last)
    try sweep.packRuns(code: newest())
    #expect(try codes(temporary) == [history[0], closest, #require(history.last)])
  }

  private func newest() throws -> CodeManifest {
    let newest = try #require(history.last)
    let stored = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "results/necessity/code/\(newest).json")
    return try JSONDecoder().decode(CodeManifest.self, from: Data(contentsOf: stored))
  }

  private func codes(_ temporary: TemporaryFolder) throws -> Set<String> {
    let files = try FileManager.default.contentsOfDirectory(atPath: temporary.file("code").path)
    return Set(files.map { String($0.dropLast(".json".count)) })
  }
}
