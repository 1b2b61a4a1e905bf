import Experiments
import Files
import Foundation
import Testing

/// `recallbench compare` on a small CamVid, with cross-entropy as the baseline.
@Suite struct CompareTests {
  /// What is said of one seed of a loss that computes the same bits.
  private let sameAsCE =
    "focal(gamma: 0) - ce is 0.00 points of mean accuracy and 0.00 of mean IoU over 2 images; "
    + "one seed: no verdict."

  private func compare(_ more: String...) -> [String] {
    [
      "compare", "--sweep", "tiny.yml", "--camvid", "camvid", "--baselines", "out", "--output",
      "mine", "--against", "ce",
    ] + more
  }

  private func baselines() throws -> Workplace {
    let place = try Workplace()
    let result = try Command.run(place.sweep(), in: place.url)
    try #require(result.status == 0, "\(result.errors)")
    return place
  }

  @Test func onlyTheNewLossIsTrained() throws {
    let place = try baselines()
    let before = place.runs()
    let result = try Command.run(
      compare("--loss", "focal(gamma: 2)", "--accept-other-code"), in: place.url)
    // The pictures need gnuplot, the comparison does not.
    #expect(result.status == 0 || result.errors.joined().contains("gnuplot is not installed"))
    #expect(result.output.contains("1 run trained, 0 were done before"))
    #expect(place.runs() == before)
    let runs = place.finishedRuns("mine")
    #expect(runs.count == 1 && runs[0].contains("focal-gamma-2"))
    #expect(result.output.contains("focal(gamma: 2)"))
    let page = try String(contentsOf: place.file("mine/comparison.md"), encoding: .utf8)
    #expect(page.contains("| CamVid, ResNet-18 | ce | mean IoU |"))
    #expect(page.contains("one seed gives no verdict"))
    #expect(page.contains("one seed: no verdict |"))
    #expect(!page.contains("higher") && !page.contains("lower") && !page.contains("p <"))
    let html = try String(contentsOf: place.file("mine/comparison.html"), encoding: .utf8)
    #expect(html.contains("<h1>RecallBench: focal(gamma: 2)</h1>"))
    #expect(html.contains("one seed: no verdict."))
    #expect(html.components(separatedBy: "<circle class=\"ring\"").count == 2)
    #expect(!place.exists("mine/report.html") && !place.exists("mine/tables.md"))
    let script = try String(contentsOf: place.file("mine/figures/scatter.gp"), encoding: .utf8)
    #expect(script.components(separatedBy: "#D40000").count == 2)

    let again = try Command.run(
      compare("--loss", "focal(gamma: 2)", "--accept-other-code"), in: place.url)
    #expect(again.output.contains("0 runs trained, 1 was done before"))
  }

  /// Baselines of another machine are compared with, and a line says that bits may differ.
  @Test func baselinesOfOtherBLASKernelsAreNamed() throws {
    let place = try baselines()
    var record = try RunFolder.load(place.file(place.runs()[0]))
    let other = BLASLibrary.current.kernel == BLASKernel("Prescott") ? "Nehalem" : "Prescott"
    record.environment.blasKernel = other
    try RunFolder(SweepFolder(place.file("out")), configuration: record.configuration)
      .finish(record)
    let result = try Command.run(compare("--loss", "focal(gamma: 2)"), in: place.url)
    let mixed = "These runs were computed with different BLAS kernels (1 with \(other)"
    #expect(result.output.contains(mixed), "\(result.output) \(result.errors)")
    let page = try String(contentsOf: place.file("mine/comparison.md"), encoding: .utf8)
    #expect(page.contains("computed with different BLAS kernels"))
  }

  /// The same loss under another name differs in nothing: same seed, same bits.
  @Test func aLossThatIsTheBaselineDoesNotDiffer() throws {
    let place = try baselines()
    let result = try Command.run(compare("--loss", "focal(gamma: 0)"), in: place.url)
    #expect(result.output.contains(sameAsCE))
  }

  /// Without --against, every stored loss but the candidate is compared with.
  @Test func allStoredLossesAreComparedWith() throws {
    let place = try Workplace()
    try place.writeSweep(losses: "[ce, recall, focal]")
    try #require(try Command.run(place.sweep(), in: place.url).status == 0)
    let arguments = [
      "compare", "--sweep", "tiny.yml", "--camvid", "camvid", "--baselines", "out", "--output",
      "mine", "--loss", "focal",
    ]
    let result = try Command.run(arguments, in: place.url)
    #expect(result.output.contains("  focal(gamma: 1) -  mean accuracy"), "\(result.output)")
    #expect(result.output.contains("focal(gamma: 1) - ce is "))
    // A rank would be a verdict.
    #expect(!result.output.contains(" of 3 losses."))
    let table = try String(contentsOf: place.file("mine/tables/comparison.csv"), encoding: .utf8)
    let lines = table.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    #expect(
      lines[0].prefix(7) == [
        "panel", "loss", "against", "score", "difference_points", "low_points", "high_points",
      ])
    // Percentage points, as in the table that the command prints.
    let printed = result.output.matches(of: /[+-]?\d+\.\d\d/).compactMap { Double($0.output) }
    let shown = lines.dropFirst().filter {
      ["mean accuracy", "mean IoU"].contains($0[$0.count - 7])
    }
    #expect(!shown.isEmpty)
    for line in shown {
      let points = try #require(Double(line[line.count - 6]))
      #expect(printed.contains { abs($0 - points) < 0.00501 }, "\(line)")
    }
    #expect(
      Set(table.split(separator: "\n").dropFirst().map { $0.contains(",recall,") }).count == 2)
    #expect(!table.contains("higher") && table.contains("one seed: no verdict"))
  }

  @Test func otherSettingsAreRefusedByName() throws {
    let place = try baselines()
    try place.writeSweep(iterations: 4)
    let result = try Command.run(compare("--loss", "recall", "--accept-other-code"), in: place.url)
    #expect(result.status == 1 && result.errors.count == 1)
    #expect(result.errors[0].contains("training.iterations 4, not 3"))
    #expect(place.runs("mine").isEmpty)
  }

  @Test func otherSeedsAreRefused() throws {
    let place = try baselines()
    let result = try Command.run(
      compare("--loss", "recall", "--seeds", "7", "--accept-other-code"), in: place.url)
    #expect(result.status == 1 && result.errors.count == 1)
    #expect(result.errors[0].contains("no baseline with seed 7"))
  }

  /// Changes the stored runs' `run.json`, without the seal that would show it.
  private func edit(_ place: Workplace, _ change: (inout [String: Any]) -> Void) throws {
    for run in place.finishedRuns() {
      var manifest = try place.manifest(run)
      var environment = try #require(manifest["environment"] as? [String: Any])
      change(&environment)
      (manifest["environment"], manifest["seal"]) = (environment, nil)
      try JSONSerialization.data(withJSONObject: manifest).write(to: place.file("\(run)/run.json"))
    }
  }

  private func refusal(_ place: Workplace) throws -> String {
    let result = try Command.run(compare("--loss", "recall"), in: place.url)
    #expect(result.status == 1 && result.errors.count == 1)
    #expect(place.runs("mine").isEmpty)
    let line = result.errors.first ?? ""
    #expect(
      line.contains("its runs may not be comparable: ") && line.contains("--accept-other-code"))
    return line
  }

  @Test func runsThatRecordNoCodeAreRefused() throws {
    let place = try baselines()
    try edit(place) { $0["code"] = nil }
    #expect(try refusal(place).contains("but not the digest of their code"))
  }

  @Test func runsOfUnknownCodeAreRefused() throws {
    let place = try baselines()
    let code = String(repeating: "0", count: 64)
    try edit(place) { $0["code"] = code }
    #expect(try refusal(place).contains("code/\(code).json, which lists its files, is missing"))
  }

  @Test func runsOfOtherCodeAreRefusedWithTheFilesThatDiffer() throws {
    let place = try baselines()
    var other = CodeManifest.built
    let file = try #require(other.files.keys.sorted().first)
    other.files[file] = String(repeating: "1", count: 64)
    other.files["Sources/Losses/Gone.swift"] = String(repeating: "2", count: 64)
    let digest = other.digest
    try CanonicalJSON.encode(other).write(to: place.file("out/code/\(digest).json"))
    try edit(place) { $0["code"] = digest }
    #expect(
      try refusal(place).contains("there are changes in \(file), Sources/Losses/Gone.swift;"))
  }

  /// A loss that was added since changes no run that does not use it.
  @Test func codeWithLessThanThisIsTheSame() throws {
    let place = try baselines()
    var other = CodeManifest.built
    other.files["Sources/Losses/Registry/LossRegistry.swift"] = String(repeating: "1", count: 64)
    other.files["Sources/Losses/Cuts/Added.swift"] = nil
    let digest = other.digest
    try CanonicalJSON.encode(other).write(to: place.file("out/code/\(digest).json"))
    try edit(place) { $0["code"] = digest }
    let result = try Command.run(compare("--loss", "focal(gamma: 0)"), in: place.url)
    #expect(result.output.contains(sameAsCE))
  }

  /// Where there is no git, and the variables of another repository are set.
  @Test func gitIsNotNeeded() throws {
    let place = try baselines()
    let arguments = compare("--loss", "focal(gamma: 0)")
    let program = ["PATH=/nowhere", "GIT_DIR=/nowhere", Command.executable.path]
    let result = try Command(
      program + arguments, in: place.url, executable: URL(filePath: "/usr/bin/env")
    ).finish()
    #expect(result.output.contains(sameAsCE))
    let run = try #require(place.finishedRuns("mine").first)
    let environment = try #require(try place.manifest(run)["environment"] as? [String: Any])
    #expect(environment["commit"] as? String == "unknown")
    #expect(environment["code"] as? String == CodeManifest.built.digest)
  }

  /// Results that were packed and committed are baselines in a clone without history.
  @Test func shallowCloneIsEnough() throws {
    let place = try baselines()
    #expect(try Command.run(["results", "pack", "out"], in: place.url).status == 0)
    let script = """
      set -e
      git init -q repository && cd repository && cp -r ../out ../tiny.yml . && rm -rf out/runs
      git add . && git -c user.name=a -c user.email=a@b commit -q -m "Results"
      git -c user.name=a -c user.email=a@b commit -q --allow-empty -m "More"
      cd .. && git clone -q --depth 1 "file://$PWD/repository" clone
      """
    let clone = try Command(
      ["-c", script], in: place.url, executable: URL(filePath: "/bin/bash")
    ).finish()
    try #require(clone.status == 0, "\(clone.errors)")
    let result = try Command.run(
      [
        "compare", "--sweep", "tiny.yml", "--camvid", "../camvid", "--baselines", "out",
        "--output", "mine", "--against", "ce", "--loss", "focal(gamma: 0)",
      ], in: place.file("clone"))
    #expect(
      result.output.contains(sameAsCE),
      "\(result.errors)")
  }

  @Test func otherImagesAreRefused() throws {
    let place = try baselines()
    try place.writeImage("camvid/train/9.png", index: 9)
    try place.writeLabels("camvid/trainannot/9.png", index: 9)
    let result = try Command.run(compare("--loss", "recall", "--accept-other-code"), in: place.url)
    #expect(result.status == 1)
    #expect(result.errors.joined().contains("used different training images"))
  }

  @Test func missingBaselinesAreNamed() throws {
    let place = try baselines()
    let unknown = try Command.run(
      compare("--loss", "recall", "--against", "lovasz"), in: place.url)
    #expect(unknown.status == 1 && unknown.errors.count == 1)
    #expect(unknown.errors[0].contains("has no finished run of lovasz; it has ce"))
    let nowhere = try Command.run(
      compare("--loss", "recall", "--baselines", "nowhere"), in: place.url)
    #expect(nowhere.status == 1 && nowhere.errors.count == 1)
    #expect(nowhere.errors[0].contains("nowhere: contains no runs"))
  }
}
