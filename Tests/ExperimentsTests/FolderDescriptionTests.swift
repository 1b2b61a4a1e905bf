import Datasets
import Experiments
import Files
import Foundation
import TestSupport
import Testing

@Suite("Descriptions of data sets")
struct FolderDescriptionTests {
  static let text = """
    name: leaves
    root: files
    images: {train: a, test: b}
    labels: {train: c, test: d}
    label_type: gray
    classes:
      - {id: 1, name: soil, color: [1, 2, 3]}
      - {id: 4, name: leaf}
    ignored: [0]
    """
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private func read(_ text: String) throws -> FolderDescription {
    let file = temporary.file("d.yml")
    try Data(text.utf8).write(to: file)
    return try FolderDescription(contentsOf: file)
  }

  /// What is said of the text with one part in place of another, without the file's folder.
  private func problem(_ old: String, _ new: String) -> String? {
    precondition(Self.text.contains(old), "\(old)")
    return failure { _ = try read(Self.text.replacingOccurrences(of: old, with: new)) }
      .map { $0.replacingOccurrences(of: temporary.url.path + "/", with: "") }
      .map { String($0[($0.range(of: "d.yml")?.lowerBound ?? $0.startIndex)...]) }
  }

  @Test func readsEveryField() throws {
    let description = try read(
      Self.text + """

        label_name: {prefix: [i_, l_], suffix: ['', _L]}
        minority: [leaf]
        normalization: {mean: [0.5, 0.25, 0.125], deviation: [1, 0.5, 0.25]}
        """)
    let rules = FolderRules(
      labels: .gray,
      classes: [
        FolderRules.Class(name: "soil", id: 1, color: [1, 2, 3]),
        FolderRules.Class(name: "leaf", id: 4, color: [0, 128, 0]),
      ], ignored: [.id(0)], minority: ["leaf"],
      normalization: Normalization(mean: [0.5, 0.25, 0.125], deviation: [1, 0.5, 0.25]))
    #expect(description.name.rawValue == "leaves")
    #expect(description.rules == rules)
    #expect(description.layout.naming.label(ofImage: "i_7") == "l_7_L")
    #expect(description.scoredSplits == [.test, .train])
    let files = temporary.url.standardizedFileURL.appending(path: "files")
    guard case .folders(let pairs) = description.layout.source else {
      Issue.record("no folders")
      return
    }
    #expect(pairs[.train]?.images.path == files.appending(path: "a").path)
    #expect(pairs[.test]?.labels.path == files.appending(path: "d").path)
  }

  @Test(arguments: [
    ("name: leaves\n", "", "d.yml:1:1: 'name' is missing"),
    (
      "name: leaves", "name: Leaves",
      "d.yml:1:7: 'Leaves' is not a valid data set name: use a "
        + "lowercase letter, then up to 39 lowercase letters, digits, _, and -"
    ),
    (
      "name: leaves", "name: camvid",
      "d.yml:1:7: camvid is the name of a built-in data set; use a different one"
    ),
    ("label_type: gray\n", "", "d.yml:1:1: 'label_type' is missing"),
    (
      "label_type: gray", "label_type: grey",
      "d.yml:5:13: unknown value 'grey' of label_type; did you mean 'gray'? "
        + "allowed: gray, palette, rgb"
    ),
    (
      "label_type", "label_typ",
      "d.yml:5:1: unknown key 'label_typ'; did you mean 'label_type'? allowed: name, root, images, "
        + "labels, lists, split, label_name, label_type, classes, ignored, minority, normalization"
    ),
    (
      "images: {train: a, test: b}\n", "",
      "d.yml:1:1: 'images' is missing: give folders as 'images' and 'labels', or files as 'lists'"
    ),
    (
      "images: {train: a, test: b}", "images: {train: a}",
      "d.yml:3:9: images needs 'train', and 'validation' or 'test'"
    ),
    (
      "labels: {train: c, test: d}", "labels: {train: c, validation: d}",
      "d.yml:4:9: 'test' is missing in labels but present in images"
    ),
    (
      "images: {train: a, test: b}", "images: a",
      "d.yml:3:9: one folder of images needs 'split' with ratios and a seed, or a folder for each "
        + "split"
    ),
    (
      "ignored: [0]", "split: {ratios: [1, 0, 0], seed: 1}",
      "d.yml:9:17: split.ratios must be three fractions for training, validation, and test that "
        + "add up to 1, not a list"
    ),
    ("ignored: [0]", "split: {ratios: [0.5, 0, 0.5]}", "d.yml:9:8: 'seed' is missing in split"),
    (
      "ignored: [0]", "split: {ratios: [0.5, 0, 0.5], seed: 1, group: '('}",
      "d.yml:9:48: group '(' is not a valid regular expression"
    ),
    (
      "ignored: [0]", "split: {ratios: [0.5, 0, 0.5], seed: 1}",
      "d.yml:9:8: 'split' divides one folder; here each split has its own"
    ),
    (
      "ignored: [0]", "ignored: [4]",
      "d.yml:9:11: the label id 4 belongs to the class 'leaf'; ignore it or score it"
    ),
    ("ignored: [0]", "ignored: [0, 0]", "d.yml:9:14: the label id 0 is listed twice"),
    (
      "{id: 4, name: leaf}", "{name: leaf}",
      "d.yml:8:5: 'id' is missing in a class of label_type gray"
    ),
    (
      "{id: 4, name: leaf}", "{id: 1, name: leaf}",
      "d.yml:8:5: class 'leaf' has the same id as another class"
    ),
    (
      "name: leaf}", "name: soil}",
      "d.yml:8:19: 'soil' is not a valid class name, or is listed twice"
    ),
    (
      "[1, 2, 3]", "[1, 2, 256]",
      "d.yml:7:39: classes.color must be a whole number from 0 to 255, not '256'"
    ),
    (
      "ignored: [0]", "minority: [leef]",
      "d.yml:9:12: there is no class 'leef'; did you mean 'leaf'? allowed: soil, leaf"
    ),
    (
      "ignored: [0]", "normalization: none",
      "d.yml:9:16: normalization must be imagenet, training, or a mapping of mean and deviation, not "
        + "'none'"
    ),
    (
      "ignored: [0]", "normalization: {mean: [0, 0, 0]}",
      "d.yml:9:16: 'deviation' is missing in normalization"
    ),
    (
      "ignored: [0]", "label_name: {suffix: _L}",
      "d.yml:9:22: label_name.suffix must be [image, label], without .png, not '_L'"
    ),
    (
      "ignored: [0]", "lists: {train: t, test: u}",
      "d.yml:9:8: 'lists' already names images and labels; remove 'images'"
    ),
  ])
  func saysWhereItIsWrong(old: String, new: String, message: String) {
    #expect(problem(old, new) == message)
  }

  // MARK: In a sweep

  private func sweep(_ section: String) throws -> Sweep {
    try Sweep(
      yaml: """
        name: tiny
        seeds: [1]
        backbones: [resnet18]
        losses: [ce]
        training: {iterations: 20, batch: 4, learning_rate: 1e-3}
        datasets:
          leaves:
            size: [32, 32]
        \(section)
        """, file: temporary.file("s.yml").path)
  }

  @Test func aSweepNamesOrHoldsADescription() throws {
    _ = try read(Self.text)
    let named = try sweep("    source: folders\n    folders: d.yml")
    let lines = Self.text.split(separator: "\n").dropFirst().map { "      \($0)" }
    let held = try sweep("    source: folders\n    folders:\n" + lines.joined(separator: "\n"))
    #expect(named.runs == held.runs)
    let data = try #require(named.runs.first?.data)
    #expect(data.source == .folders && data.evaluate == .test && data.split == .official)
    #expect(data.folders == (try read(Self.text)).rules)
    #expect(
      try sweep("    source: folders\n    folders: d.yml\n    evaluate: train").runs.count == 1)
    let absent = failure {
      _ = try sweep("    source: folders\n    folders: d.yml\n    evaluate: validation")
    }
    #expect(
      absent?.contains("unknown value 'validation' of datasets.leaves.evaluate; allowed: test")
        == true)
    #expect(
      failure { _ = try sweep("    source: folders") }?.hasSuffix(
        "s.yml:8:5: source: folders needs 'folders': a description (docs/data.md) or the path of "
          + "its file") == true)
    #expect(
      failure { _ = try sweep("    source: folders\n    folders: none.yml") }?.contains(
        "with the description of leaves") == true)
    #expect(
      failure { _ = try sweep("    source: real") }?.hasSuffix(
        "unknown key 'leaves' in datasets; allowed: synthia, cityscapes, camvid, or use your own "
          + "with source: folders") == true)
  }

  @Test func anotherDescriptionTakesItsPlace() throws {
    let first = try read(Self.text)
    var sweep = try sweep("    source: folders\n    folders: d.yml")
    let before = try #require(sweep.runs.first)
    var selection = SweepOverrides()
    // Other paths, the same data set.
    selection.described = [
      first.name: try read(Self.text.replacingOccurrences(of: "a,", with: "x,"))
    ]
    try sweep.apply(selection)
    #expect(sweep.runs == [before])
    selection.described = [
      first.name: try read(Self.text.replacingOccurrences(of: "soil", with: "earth"))
    ]
    try sweep.apply(selection)
    #expect(try sweep.runs[0].digest != before.digest)
    selection.described = [
      first.name: try read(Self.text.replacingOccurrences(of: "test: ", with: "validation: "))
    ]
    #expect(
      failure { try sweep.apply(selection) }?.hasSuffix(
        "d.yml: has no test split, on which the sweep evaluates leaves") == true)
  }

  // MARK: Configurations

  /// What decides the numbers, and no path.
  @Test func theConfigurationHoldsTheRules() throws {
    let description = try read(Self.text + "\nnormalization: imagenet")
    var configuration = exampleConfiguration()
    let plain = String(decoding: try CanonicalJSON.encode(configuration), as: UTF8.self)
    #expect(!plain.contains("folders"))
    configuration.data.source = .folders
    configuration.data.name = description.name
    configuration.data.folders = description.rules
    let text = String(decoding: try CanonicalJSON.encode(configuration), as: UTF8.self)
    #expect(
      text.contains(
        #""folders":{"classes":[{"color":[1,2,3],"id":1,"name":"soil"},"#
          + #"{"color":[0,128,0],"id":4,"name":"leaf"}],"ignored":[0],"labels":"gray","#
          + #""normalization":{"deviation":[0.229,0.224,0.225],"mean":[0.485,0.456,0.406]}}"#))
    #expect(!text.contains(temporary.url.lastPathComponent))
    let read = try CanonicalJSON.decode(
      RunConfiguration.self, from: Data(text.utf8), of: temporary.file("c.json"))
    #expect(read == configuration)
    // What no description can give is damage, not a trap later.
    for (old, new) in [
      (#""id":4"#, #""id":1"#), (#""id":4"#, #""id":-4"#), (#""id":4,"#, ""), ("leaf", "soil"),
      ("[0,128,0]", "[0]"), ("[0]", "[[0,0,0]]"), ("[0]", "[4]"), ("gray", "rgb"),
    ] {
      let damaged = text.replacingOccurrences(of: old, with: new)
      #expect(
        failure {
          _ = try CanonicalJSON.decode(
            RunConfiguration.self, from: Data(damaged.utf8), of: temporary.file("c.json"))
        }?.contains("does not make sense") == true, "\(old) \(new)")
    }
  }

  /// Each example of docs/data.md is a description or a sweep with one.
  @Test func theExamplesOfTheDocumentationAreRead() throws {
    let docs = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/data.md")
    let parts = try String(contentsOf: docs, encoding: .utf8).components(separatedBy: "```yaml\n")
    let examples = try parts.dropFirst().map {
      try #require($0.components(separatedBy: "```").first)
    }
    #expect(examples.count == 4)
    try Data(examples[0].utf8).write(to: temporary.file("leaves.yml"))
    for example in examples {
      let file = temporary.file("example.yml")
      try Data(example.utf8).write(to: file)
      if example.contains("datasets:") {
        #expect(try Sweep(contentsOf: file).runs.count == 4)
      } else {
        #expect(try FolderDescription(contentsOf: file).rules.classes.count >= 2)
      }
    }
    #expect(try FolderDescription(contentsOf: temporary.file("leaves.yml")).rules.labels == .rgb)
  }
}
