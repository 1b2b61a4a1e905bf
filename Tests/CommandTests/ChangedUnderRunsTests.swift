import Experiments
import Foundation
import Testing

/// A sweep that is done, after what its runs were made from has changed: nothing is passed over.
@Suite("What changed under finished runs")
struct ChangedUnderRunsTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try #require(try Command.run(place.sweep(), in: place.url).status == 0)
  }

  private func expectRefused(
    _ arguments: [String], _ text: String, _ location: SourceLocation = #_sourceLocation
  ) throws {
    let result = try Command.run(arguments, in: place.url)
    #expect(result.status == 1, sourceLocation: location)
    #expect(result.errors.count == 1, sourceLocation: location)
    #expect(
      result.errors.first?.contains(text) == true, "\(result.errors)", sourceLocation: location)
  }

  private var compare: [String] {
    [
      "compare", "--sweep", "tiny.yml", "--camvid", "camvid", "--baselines", "out", "--output",
      "mine",
      "--loss", "recall", "--against", "ce",
    ]
  }

  @Test func otherDataIsRefused() throws {
    try FileManager.default.copyItem(at: place.file("camvid"), to: place.file("other"))
    for folder in ["train", "trainannot"] {
      try FileManager.default.moveItem(
        at: place.file("other/\(folder)/0.png"), to: place.file("other/\(folder)/00.png"))
    }
    let sweep = ["sweep", "tiny.yml", "--camvid", "other", "--output", "out"]
    try expectRefused(
      sweep, "used different training images (train/0, not train/00) from the current")
    try expectRefused(sweep + ["--seeds", "2"], "used different training images")
    try expectRefused(sweep + ["--seeds", "2", "--keep"], "used different training images")
    #expect(place.runs().count == 1)
  }

  @Test(arguments: ["train", "test"])
  func mendedLabelsAreRefused(split: String) throws {
    // As many pixels of each class as before, under the same names.
    let files = (0...1).map { place.file("camvid/\(split)annot/\($0).png") }
    let labels = try files.map { try Data(contentsOf: $0) }
    for (file, other) in zip(files, labels.reversed()) { try other.write(to: file) }
    let list = split == "train" ? "training" : "evaluated"
    let problem = "used different \(list) labels (\(split)/0 and 1 more)"
    try expectRefused(place.sweep(), problem)
    try expectRefused(place.sweep("--seeds", "2"), problem)
    // Nothing is trained before.
    try expectRefused(compare, problem)
    #expect(place.runs("mine").isEmpty)
  }

  @Test func reportOfAMixtureNamesBoth() throws {
    try place.writeLabels("camvid/trainannot/0.png", index: 5)
    let other = ["sweep", "tiny.yml", "--camvid", "camvid", "--output", "other", "--seeds", "2"]
    try #require(try Command.run(other, in: place.url).status == 0)
    let (first, second) = (place.runs()[0], place.runs("other")[0])
    let name = URL(filePath: second).lastPathComponent
    try FileManager.default.moveItem(at: place.file(second), to: place.file("out/runs/\(name)"))
    for file in try FileManager.default.contentsOfDirectory(atPath: place.file("other/splits").path)
    {
      try FileManager.default.copyItem(
        at: place.file("other/splits/\(file)"), to: place.file("out/splits/\(file)"))
    }
    try expectRefused(["report", "out"], "used different training labels (train/0) from ")
    let message = try Command.run(["report", "out"], in: place.url).errors.joined()
    #expect(message.contains(name) && message.contains(URL(filePath: first).lastPathComponent))
  }

  @Test func editedCodeIsRefusedUnlessAccepted() throws {
    let code = "0" + String(repeating: "1", count: 63)
    try place.recordCode(code, in: place.runs()[0])
    try expectRefused(place.sweep(), "their code has the digest \(code.prefix(9))")
    try expectRefused(place.sweep(), "--accept-other-code")
    let accepted = try Command.run(place.sweep("--accept-other-code"), in: place.url)
    #expect(accepted.output.contains("0 runs trained, 1 was done before"), "\(accepted.errors)")
  }

  @Test func withoutGitTheReasonIsSaidAndRunsStayComparable() throws {
    let place = try Workplace()
    let bare = ["PATH": "/nonexistent"]
    let command = try Command(place.sweep(), in: place.url, environment: bare)
    let result = try command.finish()
    #expect(result.status == 0)
    #expect(result.output.contains("commit not recorded: git "), "\(result.output)")
    let again = try Command(place.sweep(), in: place.url, environment: bare).finish()
    #expect(again.output.contains("0 runs trained, 1 was done before"), "\(again.errors)")
    let environment = try place.manifest(place.runs()[0])["environment"] as? [String: Any]
    #expect(environment?["commit"] as? String == "unknown" && environment?["code"] is String)
  }

  /// As root in a container that shows the checkout of another user.
  @Test func refusalOfGitIsSaid() throws {
    let place = try Workplace()
    let git = place.file("bin/git")
    try FileManager.default.createDirectory(
      at: place.file("bin"), withIntermediateDirectories: true)
    let script = """
      #!/bin/sh
      echo "fatal: detected dubious ownership in repository at '/src'" >&2
      exit 128

      """
    try Data(script.utf8).write(to: git)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: git.path)
    let refusing = ["PATH": "\(place.file("bin").path):/usr/bin:/bin"]
    let result = try Command(place.sweep(), in: place.url, environment: refusing).finish()
    #expect(result.status == 0)
    #expect(
      result.output.contains(
        "commit not recorded: git refuses the source tree because another user owns it"),
      "\(result.output)")
    // The code is known all the same.
    let again = try Command.run(place.sweep(), in: place.url)
    #expect(again.output.contains("0 runs trained, 1 was done before"), "\(again.errors)")
  }

  /// Git's own variables lead to another repository, as in one of its hooks.
  @Test func inheritedGitVariablesDoNotMatter() throws {
    let own = try place.manifest(place.runs()[0])["environment"] as? [String: Any]
    let elsewhere = try Workplace()
    let variables = ["GIT_DIR": elsewhere.url.path, "GIT_WORK_TREE": elsewhere.url.path]
    let command = try Command(elsewhere.sweep(), in: elsewhere.url, environment: variables)
    #expect(try command.finish().status == 0)
    let other = try elsewhere.manifest(elsewhere.runs()[0])["environment"] as? [String: Any]
    #expect(own?["commit"] as? String == other?["commit"] as? String)
  }

  @Test func damagedRunIsTrainedAgainAndLeftOutOfReports() throws {
    try #require(try Command.run(place.sweep("--seeds", "2"), in: place.url).status == 0)
    let run = place.runs()[0]
    let name = URL(filePath: run).lastPathComponent
    let arrays = try Data(contentsOf: place.file("\(run)/arrays.npz"))
    try arrays.dropLast(9).write(to: place.file("\(run)/arrays.npz"))
    let report = try Command.run(["report", "out"], in: place.url)
    #expect(report.output.contains("1 run: out/report.html"), "\(report.errors)")
    #expect(report.errors.contains { $0.hasPrefix("warning: left out: ") && $0.contains(name) })
    let check = try Command.run(["verify", "out"], in: place.url)
    #expect(check.status == 1 && check.output.contains("arrays.npz"))
    let again = try Command.run(place.sweep(), in: place.url)
    #expect(again.output.contains("1 run trained, 0 were done before"), "\(again.errors)")
    #expect(again.errors.contains { $0.contains("set aside as damaged/\(name)") })
    #expect(try Data(contentsOf: place.file("\(run)/arrays.npz")) == arrays)
    #expect(try Command.run(["verify", "out"], in: place.url).status == 0)
  }

  @Test func leftoversOfKillsAreRemoved() throws {
    let run = place.runs()[0]
    for name in ["checkpoint.safetensors", "config.json", ".run.json.partial-1-1"] {
      try Data("x".utf8).write(to: place.file("\(run)/\(name)"))
    }
    let again = try Command.run(place.sweep(), in: place.url)
    #expect(again.output.contains("0 runs trained, 1 was done before"), "\(again.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: place.file(run).path).sorted()
    #expect(names == ["arrays.npz", "run.json", "weights.safetensors"])
  }
}

extension Workplace {
  /// Makes a finished run one of other code.
  fileprivate func recordCode(_ code: String, in run: String) throws {
    var record = try RunFolder.load(file(run))
    record.environment.code = code
    try RunFolder(SweepFolder(file("out")), configuration: record.configuration).finish(record)
  }
}
