import Datasets
import Experiments
import Files
import Foundation
import TestSupport
import Testing

/// Where data is may stand in an option, in the environment or in the sweep file.
@Suite struct DataPlaceTests {
  private static func text(_ path: String = "") -> String {
    """
    name: tiny
    seeds: [1]
    backbones: [resnet18]
    losses: [ce]
    training: {iterations: 20, batch: 4, learning_rate: 1e-2}
    datasets:
      camvid:
        source: real
        size: [32, 64]
    \(path)
    """
  }

  private func place(
    _ path: String, environment: [String: String] = [:], option: String? = nil
  ) throws -> (DataPlace?, digest: String) {
    var sweep = try Sweep(yaml: Self.text(path), file: "/sweeps/t.yml")
    var overrides = SweepOverrides()
    overrides.environment = environment
    overrides.paths = option.map { [.camvid: URL(filePath: $0)] } ?? [:]
    try sweep.apply(overrides)
    return (sweep.datasets[0].place, try #require(sweep.runs.first).digest)
  }

  @Test func optionsGoBeforeTheEnvironmentAndThatBeforeTheFile() throws {
    let variable = ["RECALLBENCH_CAMVID": "/variable"]
    let (file, digest) = try place("    path: ../data/camvid")
    #expect(file?.url.standardized.path == "/data/camvid")
    #expect(file?.origin == "path in /sweeps/t.yml")
    let named = try place("    path: ../data/camvid", environment: variable)
    #expect(named.0 == DataPlace(URL(filePath: "/variable"), origin: "RECALLBENCH_CAMVID"))
    let given = try place("    path: ../data/camvid", environment: variable, option: "/option")
    #expect(given.0 == DataPlace(URL(filePath: "/option"), origin: "--camvid"))
    // Where data is does not decide any number.
    for other in [named, given, try place("", environment: variable)] {
      #expect(other.digest == digest)
    }
  }

  @Test func nothingIsAnErrorThatNamesAllThreeWays() {
    for environment in [[:], ["RECALLBENCH_CAMVID": ""], ["RECALLBENCH_SYNTHIA": "/x"]] {
      #expect(
        failure { _ = try place("", environment: environment) }
          == "/sweeps/t.yml: camvid needs the real data: give its folder with --camvid PATH, "
          + "RECALLBENCH_CAMVID or 'path' in the sweep file")
    }
  }

  @Test func homeIsTheEnvironments() throws {
    let home = try #require(ProcessInfo.processInfo.environment["HOME"])
    #expect(try place("    path: ~/camvid").0?.url.path == home + "/camvid")
    #expect(try place("    path: /~/camvid").0?.url.path == "/~/camvid")
    #expect(try place("    path: a~").0?.url.path == "/sweeps/a~")
    let environment = ["RECALLBENCH_CAMVID": "~/c", "HOME": "/home/me"]
    #expect(try place("", environment: environment).0?.url.path == "/home/me/c")
    #expect(expandingHome("~", environment) == "/home/me")
    #expect(expandingHome("~you/c", environment) == "~you/c")
    #expect(expandingHome("~/c", [:]) == "~/c")
  }

  @Test func pathIsForRealDataAlone() throws {
    #expect(
      failure { _ = try place("    path: [a]") }
        == "/sweeps/t.yml:10:11: datasets.camvid.path must be a word, not a list")
    #expect(
      failure { _ = try place("    path: ''") }
        == "/sweeps/t.yml:10:11: datasets.camvid.path must be a path, not nothing")
    let rendered = Self.text("    path: x").replacing("camvid", with: "synthia").replacing(
      "source: real",
      with: "source: rendered\n    "
        + "render: {seed: 1, train: 2, validation: 2, test: 2, height: 32, width: 64}")
    #expect(
      failure { _ = try Sweep(yaml: rendered, file: "t.yml") }
        == "t.yml:11:11: 'path' is only for source: real")
  }

  /// A variable in the shell must not turn a sweep of stand-ins into another one.
  @Test func theEnvironmentReplacesNoStandIn() throws {
    var sweep = try Sweep(yaml: SweepFileTests.text, file: "t.yml")
    let before = sweep.runs
    var overrides = SweepOverrides()
    overrides.environment = ["RECALLBENCH_SYNTHIA": "/a", "RECALLBENCH_CITYSCAPES": "/b"]
    try sweep.apply(overrides)
    #expect(sweep.runs == before && !sweep.replacesStandIns)
    #expect(sweep.datasets.map(\.place?.url.path) == [nil, "/b"])
  }

  // MARK: User-described data sets

  @Test func theEnvironmentMayNameADescriptionWithTheSameRules() throws {
    let temporary = try TemporaryFolder()
    func write(_ name: String, _ text: String) throws -> String {
      try Data(text.utf8).write(to: temporary.file(name))
      return temporary.file(name).path
    }
    _ = try write("d.yml", FolderDescriptionTests.text)
    let moved = try write("moved.yml", FolderDescriptionTests.text.replacing("a,", with: "x,"))
    let other = try write("other.yml", FolderDescriptionTests.text.replacing("soil", with: "earth"))
    let yaml = Self.text("    folders: d.yml").replacing("camvid", with: "leaf-litter")
      .replacing("real", with: "folders")
    var sweep = try Sweep(yaml: yaml, file: temporary.file("s.yml").path)
    let before = sweep.runs
    var overrides = SweepOverrides()
    overrides.environment = ["RECALLBENCH_LEAF_LITTER": moved]
    try sweep.apply(overrides)
    #expect(sweep.runs == before)
    #expect(
      sweep.datasets[0].place
        == DataPlace(URL(filePath: moved), origin: "RECALLBENCH_LEAF_LITTER"))
    #expect(sweep.datasets[0].description?.file.hasSuffix("moved.yml") == true)
    overrides.environment = ["RECALLBENCH_LEAF_LITTER": other]
    #expect(
      failure { try sweep.apply(overrides) }
        == "\(other): (RECALLBENCH_LEAF_LITTER) describes leaf-litter with different classes, "
        + "labels, split, or normalization from the sweep's; a variable may only change where the "
        + "files are, so give it with --data")
  }
}
