import Datasets
import Files
import Foundation

extension YAMLValue {
  func isWord(_ word: String) -> Bool { node.string == word }

  func labelNaming() throws(UserError) -> LabelNaming {
    let fields = try fields(["prefix", "suffix"])
    func exchange(_ key: String) throws(UserError) -> LabelNaming.Exchange {
      guard let field = fields[key] else { return LabelNaming.Exchange() }
      guard case .sequence(let sequence) = field.node, sequence.count == 2 else {
        throw field.mismatch("[image, label], without .png")
      }
      let words = try field.elements()
      return LabelNaming.Exchange(image: try words[0].text(), label: try words[1].text())
    }
    return LabelNaming(prefix: try exchange("prefix"), suffix: try exchange("suffix"))
  }

  func seededSplit() throws(UserError) -> SeededSplit {
    let fields = try fields(["ratios", "seed", "group"])
    guard let field = fields["ratios"] else { throw error("'ratios' is missing in split") }
    var ratios: [Double] = []
    for value in try field.elements() { ratios.append(try value.number(in: 0...1)) }
    guard ratios.count == 3, abs(ratios.reduce(0, +) - 1) < 1e-6, ratios[0] > 0, ratios[0] < 1
    else {
      throw field.mismatch("three fractions for training, validation, and test that add up to 1")
    }
    guard let seed = fields["seed"] else { throw error("'seed' is missing in split") }
    let group = try fields["group"]?.text()
    if let group, (try? Regex(group)) == nil, let field = fields["group"] {
      throw field.error("group '\(group)' is not a valid regular expression")
    }
    return SeededSplit(
      ratios: ratios, seed: UInt64(try seed.integer(in: 0...1 << 53)), group: group)
  }

  /// Reads the file locations, relative to `root`, which is relative to the folder of this file.
  func source(
    _ fields: [String: YAMLValue], _ split: SeededSplit?
  ) throws(UserError) -> FolderLayout.Source {
    let folder = URL(filePath: file).deletingLastPathComponent().absoluteURL
    let root =
      try fields["root"].map { value throws(UserError) in
        let path = expandingHome(try value.text())
        return URL(filePath: path, directoryHint: .isDirectory, relativeTo: folder).absoluteURL
      } ?? folder
    func url(_ value: YAMLValue) throws(UserError) -> URL {
      URL(filePath: expandingHome(try value.text()), relativeTo: root).absoluteURL
        .standardizedFileURL
    }
    if let lists = fields["lists"] {
      for key in ["images", "labels", "split"] where fields[key] != nil {
        throw lists.error("'lists' already names images and labels; remove '\(key)'")
      }
      var files: [Split: URL] = [:]
      for (split, value) in try lists.bySplit() { files[split] = try url(value) }
      return .lists(files, root: root)
    }
    guard let images = fields["images"], let labels = fields["labels"] else {
      throw error(
        "'\(fields["images"] == nil ? "images" : "labels")' is missing: give folders as 'images' "
          + "and 'labels', or files as 'lists'")
    }
    func pair(_ images: YAMLValue, _ labels: YAMLValue) throws(UserError) -> FolderLayout.Pair {
      FolderLayout.Pair(
        images: try url(images), labels: try url(labels), path: try images.text())
    }
    if case .scalar = images.node {
      guard let split else {
        throw images.error(
          "one folder of images needs 'split' with ratios and a seed, or a folder for each split")
      }
      return .divided(try pair(images, labels), split)
    }
    if let split = fields["split"] {
      throw split.error("'split' divides one folder; here each split has its own")
    }
    let labelsOf = try labels.bySplit()
    var pairs: [Split: FolderLayout.Pair] = [:]
    for (split, value) in try images.bySplit() {
      guard let other = labelsOf[split] else {
        throw labels.error("'\(split.rawValue)' is missing in labels but present in images")
      }
      pairs[split] = try pair(value, other)
    }
    for split in labelsOf.keys where pairs[split] == nil {
      throw images.error("'\(split.rawValue)' is missing in images but present in labels")
    }
    return .folders(pairs)
  }

  private func bySplit() throws(UserError) -> [Split: YAMLValue] {
    let fields = try fields(Split.allCases.map(\.rawValue))
    var values: [Split: YAMLValue] = [:]
    for split in Split.allCases { values[split] = fields[split.rawValue] }
    guard values[.train] != nil, values.count > 1 else {
      throw error("\(label) needs 'train', and 'validation' or 'test'")
    }
    return values
  }
}
