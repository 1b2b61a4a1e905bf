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
    let folder = try RunFolder(sweep, configuration: exampleConfiguration())
    var record = exampleRecord
    (record.folder, record.configuration) = (folder.url, folder.configuration)
    record.environment.code = history[0]
    try folder.prepare()
    try folder.finish(record)
    try AtomicFile.createFolder(temporary.file("code"))
    for code in [history[0], history[1], "other"] {
      try AtomicFile.write(Data("{}".utf8), to: temporary.file("code/\(code).json"))
    }
    let newest = try #require(history.last)
    let stored = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "results/necessity/code/\(newest).json")
    let code = try JSONDecoder().decode(CodeManifest.self, from: Data(contentsOf: stored))
    try sweep.packRuns(code: code)
    let files = try FileManager.default.contentsOfDirectory(atPath: temporary.file("code").path)
    #expect(Set(files) == Set([history[0], newest, "other"].map { "\($0).json" }))
  }
}
