import Foundation
import TestSupport
import Testing

/// Every case must end in one clear line and a status that is not zero, with nothing lost.
@Suite("Bad input, by the command")
struct BadInputTests {
  private let place: Workplace

  init() throws { place = try Workplace() }

  /// Runs the command and returns the only line of its standard error.
  private func problem(_ arguments: [String], limit: Int? = nil) throws -> String {
    let result = try Command.run(arguments, in: place.url, limit: limit)
    #expect(result.status == 1)
    #expect(result.errors.count == 1, "\(result.errors)")
    let line = result.errors.first ?? ""
    #expect(line.hasPrefix("error: "))
    return line
  }

  @Test func soundInputEndsWell() throws {
    let result = try Command.run(place.sweep(), in: place.url)
    #expect(result.status == 0)
    #expect(result.errors == [])
    #expect(place.finishedRuns().count == 1)
  }

  @Test(arguments: [["sweep", "tiny.yml", "--camvid"], ["data", "inspect", "camvid"]])
  func dataPathMissingOrEmpty(command: [String]) throws {
    let missing = try problem(command + ["nowhere"])
    #expect(missing.contains("nowhere: no such folder; give the folder that holds CamVid"))
    try FileManager.default.createDirectory(
      at: place.file("hollow"), withIntermediateDirectories: false)
    #expect(try problem(command + ["hollow"]).contains("hollow: is empty"))
    #expect(try problem(command + ["tiny.yml"]).contains("tiny.yml: is a file"))
  }

  @Test func realDataWithoutItsPath() throws {
    #expect(
      try problem(["sweep", "tiny.yml"])
        == "error: tiny.yml: camvid needs the real data: give its folder with --camvid PATH, "
        + "RECALLBENCH_CAMVID or 'path' in the sweep file")
  }

  @Test(arguments: ["train", "test"])
  func imageWithoutLabelAndTheReverse(split: String) throws {
    let (image, label) = ("camvid/\(split)/0.png", "camvid/\(split)annot/0.png")
    let kept = try Data(contentsOf: place.file(label))
    try FileManager.default.removeItem(at: place.file(label))
    #expect(try problem(place.sweep()).contains(image))
    try kept.write(to: place.file(label))
    try FileManager.default.removeItem(at: place.file(image))
    #expect(try problem(place.sweep()).contains(label))
    let inspection = try Command.run(["data", "inspect", "camvid", "camvid"], in: place.url)
    #expect(inspection.status == 1)
    #expect(inspection.output.contains("1 problem:"))
    #expect(inspection.output.contains(label))
  }

  @Test(arguments: [
    (2, "appears in the train and the test split"), (0, "twice in the train split"),
  ])
  func trainingOnTestImagesIsRefused(links: Int, words: String) throws {
    // The list's own names differ.
    for folder in ["train", "trainannot"] {
      try FileManager.default.removeItem(at: place.file("camvid/\(folder)/3.png"))
      let other = links == 2 ? folder.replacing("train", with: "test") : folder
      try FileManager.default.createSymbolicLink(
        at: place.file("camvid/\(folder)/3.png"),
        withDestinationURL: place.file("camvid/\(other)/1.png"))
    }
    #expect(try problem(place.sweep()).contains(words))
    #expect(place.finishedRuns() == [])
  }

  @Test(arguments: [["1.png"], ["0.png", "1.png"]])
  func listOfTrainingImagesWithTestImagesIsRefused(names: [String]) throws {
    let pairs = ["train/0.png trainannot/0.png"] + names.map { "test/\($0) testannot/\($0)" }
    try Data(pairs.joined(separator: "\n").utf8).write(to: place.file("camvid/train.txt"))
    let line = try problem(place.sweep())
    #expect(line.contains("camvid/test/\(names[0]): appears in the train and the test split"))
    #expect(line.contains("(and so do 1 more files)") == (names.count == 2))
    #expect(place.finishedRuns() == [])
    // Splits that the sweep does not use may overlap.
    let text = try String(contentsOf: place.file("tiny.yml"), encoding: .utf8)
    try Data(text.replacing("augmentation: flip", with: "evaluate: validation").utf8)
      .write(to: place.file("tiny.yml"))
    #expect(try Command.run(place.sweep(), in: place.url).status == 0)
  }

  /// What is done to which file.
  enum Damage: String, CaseIterable {
    case otherSize, truncated, notPNG, unknownId
  }

  @Test(arguments: Damage.allCases, ["train", "test"])
  func damagedFileIsNamed(damage: Damage, split: String) throws {
    let (image, label) = ("camvid/\(split)/1.png", "camvid/\(split)annot/1.png")
    var named = image
    switch damage {
    case .otherSize: try place.writeImage(image, index: 1, height: 40)
    case .truncated:
      try Data(contentsOf: place.file(image)).dropLast(200).write(to: place.file(image))
    case .notPNG: try Data("no picture".utf8).write(to: place.file(image))
    case .unknownId:
      try place.writeLabels(label, index: 1, id: 12)
      named = label
    }
    let line = try problem(place.sweep())
    #expect(line.contains(named))
    let inspection = try Command.run(["data", "inspect", "camvid", "camvid"], in: place.url)
    #expect(inspection.status == 1)
    #expect(inspection.output.contains("1 problem:"))
    #expect(inspection.output.contains(named))
    #expect(place.finishedRuns() == [])
  }

  @Test func typoInTheSweep() throws {
    let text = try String(contentsOf: place.file("tiny.yml"), encoding: .utf8)
    let wrong = text.replacingOccurrences(of: "iterations", with: "iteratons")
    try Data(wrong.utf8).write(to: place.file("tiny.yml"))
    #expect(
      try problem(place.sweep())
        == "error: tiny.yml:7:4: unknown key 'iteratons' in training; did you mean 'iterations'? "
        + "allowed: iterations, batch, learning_rate, checkpoint, validate_every, optimizer, "
        + "momentum, nesterov, weight_decay, schedule, power, warmup, warmup_factor, "
        + "sync_batch_norm")
    #expect(!place.exists("out"))
  }

  @Test func unknownLoss() throws {
    #expect(try problem(place.sweep("--losses", "cross")).contains("unknown loss \"cross\""))
    try place.writeSweep(losses: "[ce, cross]")
    let line = try problem(place.sweep())
    #expect(line.hasPrefix("error: tiny.yml:4:14: "))
    #expect(line.contains("unknown loss \"cross\""))
  }

  @Test func outputNotWritable() throws {
    try Data().write(to: place.file("out"))
    #expect(try problem(place.sweep()).contains("out: is a file, not a folder"))
    // Not even root writes there.
    let line = try problem(["sweep", "tiny.yml", "--camvid", "camvid", "-o", "/proc/recallbench"])
    #expect(line.contains("/proc/recallbench"))
  }

  @Test func fileLimitReached() throws {
    let line = try problem(place.sweep(), limit: 16)
    #expect(line.contains(".safetensors: cannot write: File too large"))
    #expect(line.hasSuffix("[camvid resnet18 ce s1]"))
    #expect(place.finishedRuns() == [])
    // With room again, the same command ends the sweep.
    #expect(try Command.run(place.sweep(), in: place.url).status == 0)
    #expect(place.finishedRuns().count == 1)
  }

  /// Only root can mount a small disk.
  @Test(.enabled(if: SmallDisk.isAllowed, "only root can mount a small disk"))
  func fullDisk() throws {
    let disk = try #require(SmallDisk(bytes: 128 << 10))
    let output = disk.url.appending(path: "out")
    let line = try problem(["sweep", "tiny.yml", "--camvid", "camvid", "-o", output.path])
    #expect(line.contains("cannot write: No space left on device; free space there"))
    let runs = output.appending(path: "runs")
    for run in try FileManager.default.contentsOfDirectory(atPath: runs.path) {
      let done = runs.appending(path: "\(run)/run.json")
      #expect(!FileManager.default.fileExists(atPath: done.path))
    }
  }

  @Test(arguments: [
    ["report", "nowhere"], ["evaluate", "nowhere"], ["sweep", "nowhere.yml"],
    ["sweep", "camvid"], ["report", "camvid"],
  ])
  func pathThatIsNotThere(arguments: [String]) throws {
    #expect(try problem(arguments).contains(arguments[1]))
  }

  @Test(arguments: [
    ["sweep"], ["sweep", "tiny.yml", "--seeds", "x"], ["sweep", "tiny.yml", "--threads", "0"],
    ["sweep", "tiny.yml", "--backbones", "resnet51"],
    ["sweep", "tiny.yml", "--architecture", "deeplabv4"], ["data", "render", "camvid", "-o", "x"],
    ["data", "inspect", "kitti", "x"], ["sweep", "tiny.yml", "--seeds", ""], ["fly"],
  ])
  func usageIsExplained(arguments: [String]) throws {
    let result = try Command.run(arguments, in: place.url)
    #expect(result.status == 64)
    #expect(result.errors.count == 1, "\(result.errors)")
    let line = result.errors.first ?? ""
    #expect(line.hasPrefix("error: ") && line.hasSuffix(" --help'"), "\(line)")
  }

  @Test(arguments: [
    (
      ["swep", "tiny.yml"], "there is no subcommand 'swep'; did you mean 'sweep'? allowed: sweep, "
    ),
    (["losses", "chek"], "there is no subcommand 'chek'; did you mean 'check'? allowed: list, "),
    (["data", "inspekt"], "there is no subcommand 'inspekt'; did you mean 'inspect'? allowed: "),
    (["help", "compar"], "there is no subcommand 'compar'; did you mean 'compare'? allowed: "),
    (
      ["sweep", "tiny.yml", "--loss", "ce"],
      "unknown option '--loss'; did you mean '--losses'? see"
    ),
    (["sweep"], "missing expected argument '<file>'; see 'recallbench sweep --help'"),
    (
      ["evaluate", "x", "--split", "validaton"],
      "the value 'validaton' is invalid for '--split <split>': 'validaton' is unknown; did you mean "
        + "'validation'? allowed: train, validation, test; see '"
    ),
  ])
  func mistakeIsUnderstood(arguments: [String], message: String) throws {
    let result = try Command.run(arguments, in: place.url)
    #expect(result.status == 64 && result.errors.count == 1)
    #expect(result.errors.first?.hasPrefix("error: " + message) == true, "\(result.errors)")
  }

  @Test func mistypedLossIsUnderstood() throws {
    #expect(
      try problem(["losses", "recal"])
        .hasPrefix(
          "error: loss \"recal\", column 1: unknown loss \"recal\"; did you mean \"recall\"?"))
  }

  @Test func versionSaysWhatNumbersMayDependOn() throws {
    let result = try Command.run(["--version"], in: place.url)
    #expect(result.status == 0 && result.errors == [])
    let lines = result.output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("recallbench ") == true)
    let keys = lines.dropFirst().map { $0.prefix { $0 != ":" } }
    #expect(
      keys == ["commit", "code", "compiler", "BLAS", "kernels", "CPU", "features", "system"])
    #expect(lines.contains { $0.hasPrefix("BLAS:     OpenBLAS ") }, "\(lines)")
  }
}
