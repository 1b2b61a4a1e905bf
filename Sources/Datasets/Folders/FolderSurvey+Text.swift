import Foundation

extension FolderSurvey {
  /// The description to complete, as YAML.
  package func yaml(name: DatasetName) -> String {
    let total = Double(max(1, values.map(\.pixels).reduce(0, +)))
    let ignored = values.filter(isIgnored)
    let classes = values.filter { !isIgnored($0) }.enumerated().map { index, value in
      let share = String(format: "%.2f", 100 * Double(value.pixels) / total)
      return "  - {\(entry(value, index))}  # \(share) % of the pixels, in \(value.files) files"
    }
    let lines =
      [
        "# Describes a data set for recallbench: see docs/data.md. Replace the classes' names, then",
        "# look at it with: recallbench data inspect FILE.yml",
        "name: \(name)",
        "root: \(quoted(root.standardizedFileURL.path))",
      ] + files + namingLines + ["label_type: \(type.rawValue)", "classes:"] + classes + [
        "# Values that are not scored, such as [255].",
        "ignored: [\(ignored.map(text).joined(separator: ", "))]",
        "# minority: [class_1]  # default: classes with less than 2 % of the training pixels",
        "# normalization: imagenet  # default: mean and deviation of the training images",
      ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// Many data sets use 255 for unlabeled pixels; a mask with two values does not.
  private func isIgnored(_ value: Value) -> Bool { value.label == .id(255) && values.count > 2 }

  private func entry(_ value: Value, _ index: Int) -> String {
    guard case .id(let id) = value.label else {
      return "name: class_\(index), color: \(text(value))"
    }
    let color =
      value.color.map { ", color: [\($0.map(String.init).joined(separator: ", "))]" } ?? ""
    return "id: \(id), name: class_\(id)\(color)"
  }

  private func text(_ value: Value) -> String {
    let numbers = value.label.components.map(String.init)
    return numbers.count == 1 ? numbers[0] : "[\(numbers.joined(separator: ", "))]"
  }

  private var files: [String] {
    guard pairs[0].split != nil else {
      return [
        "images: \(quoted(pairs[0].images))", "labels: \(quoted(pairs[0].labels))",
        "# Training, validation and test. A group's images stay together: give a pattern for video.",
        "split: {ratios: [0.7, 0.1, 0.2], seed: 1}  # group: '^(.*)_[0-9]+$'",
      ]
    }
    func lines(_ key: String, _ path: (Pair) -> String) -> [String] {
      ["\(key):"] + pairs.map { "  \($0.split?.rawValue ?? ""): \(quoted(path($0)))" }
    }
    return lines("images") { $0.images } + lines("labels") { $0.labels }
  }

  private var namingLines: [String] {
    let exchanges = [("prefix", naming.prefix), ("suffix", naming.suffix)].filter {
      $1.image != $1.label
    }
    if exchanges.isEmpty { return [] }
    return ["label_name:  # of the image, of its label file"]
      + exchanges.map { "  \($0): [\(quoted($1.image)), \(quoted($1.label))]" }
  }

  /// The text in YAML single quotes.
  private func quoted(_ text: String) -> String {
    "'\(text.replacingOccurrences(of: "'", with: "''"))'"
  }
}
