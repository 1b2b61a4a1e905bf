import Foundation
import Testing

/// Data named by an option, by the environment or by the sweep file, as a user sees it.
@Suite struct DataPlaceCommandTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    for name in ["option", "variable"] {
      try FileManager.default.copyItem(at: place.file("camvid"), to: place.file(name))
    }
    let text = try String(contentsOf: place.file("tiny.yml"), encoding: .utf8)
      .replacing("source: real,", with: "source: real, path: camvid,")
    try Data(text.utf8).write(to: place.file("placed.yml"))
  }

  @Test func theStartSaysWhichPlaceDecided() throws {
    func line(_ options: [String] = [], _ environment: [String: String] = [:]) throws -> String {
      let result = try Command.run(
        ["sweep", "placed.yml", "--output", "out"] + options, in: place.url,
        environment: environment)
      #expect(result.status == 0, "\(result.errors)")
      try? FileManager.default.removeItem(at: place.file(place.runs()[0] + "/weights.safetensors"))
      return result.output.split(separator: "\n").first.map(String.init) ?? ""
    }
    let variable = ["RECALLBENCH_CAMVID": "variable"]
    #expect(try line().hasSuffix("camvid (path in placed.yml)"))
    #expect(try line([], variable) == "camvid: variable (RECALLBENCH_CAMVID)")
    #expect(try line(["--camvid", "option"], variable) == "camvid: option (--camvid)")
    // One run, wherever its data was.
    #expect(place.runs().count == 1)
  }

  @Test func aWrongPlaceIsOneLine() throws {
    let missing = try Command.run(
      ["sweep", "placed.yml", "--output", "out"], in: place.url,
      environment: ["RECALLBENCH_CAMVID": "nowhere"])
    #expect(missing.status == 1 && missing.errors.count == 1)
    #expect(missing.errors.first?.contains("nowhere: no such folder") == true)
  }

  /// Pictures of real images are in the report of a sweep whose file says where the data is.
  @Test func commandsAfterASweepFindTheDataToo() throws {
    let sweep = try Command.run(
      ["sweep", "placed.yml", "--output", "out", "--report"], in: place.url)
    #expect(sweep.status == 0, "\(sweep.errors)")
    let figures = try FileManager.default.contentsOfDirectory(
      atPath: place.file("out/figures").path)
    #expect(figures.contains { $0.hasSuffix("-pictures-real.png") }, "\(figures)")
    let run = try #require(place.finishedRuns().first)
    let variable = ["RECALLBENCH_CAMVID": "variable"]
    for arguments in [
      ["evaluate", run], ["predict", "--run", run, "--output", "labels"],
      ["results", "verify", "out"], ["data", "inspect", "camvid"],
    ] {
      let result = try Command.run(arguments, in: place.url, environment: variable)
      #expect(result.status == 0, "\(arguments): \(result.errors)")
    }
    let without = try Command.run(["evaluate", run], in: place.url)
    #expect(without.errors.first?.contains("--camvid PATH or RECALLBENCH_CAMVID") == true)
  }

  @Test func aVariableReplacesNoStandIn() throws {
    let text = try String(contentsOf: place.file("tiny.yml"), encoding: .utf8)
      .replacing("camvid:", with: "synthia:").replacing(
        "source: real,",
        with: "source: rendered, render: {seed: 1, train: 4, validation: 2, test: 2, height: 32, "
          + "width: 64},")
    try Data(text.utf8).write(to: place.file("rendered.yml"))
    let result = try Command.run(
      ["sweep", "rendered.yml", "--output", "out"], in: place.url,
      environment: ["RECALLBENCH_SYNTHIA": "/data/synthia"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(
      result.output.hasPrefix(
        "synthia: rendered stand-in; RECALLBENCH_SYNTHIA is set, but only --synthia PATH replaces it\n"
      ))
  }
}
