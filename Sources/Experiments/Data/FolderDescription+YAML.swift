import Datasets
import Files
import Foundation

// The keys and their defaults are documented in docs/data.md.

extension FolderDescription {
  private static let keys = [
    "root", "images", "labels", "lists", "split", "label_name", "label_type", "classes", "ignored",
    "minority", "normalization",
  ]

  /// Reads a description from its own file.
  /// - Parameter name: the name to use instead of the one in the file.
  /// - Throws: `UserError` giving the line and column of the first error.
  package init(contentsOf url: URL, name: DatasetName? = nil) throws(UserError) {
    var root = try YAMLValue.document(url)
    root.document = "the description of a data set"
    let fields = try root.fields(["name"] + Self.keys)
    guard let written = fields["name"] else { throw root.error("'name' is missing") }
    let own = try written.datasetName()
    try self.init(root, fields, name: name ?? own)
  }

  /// Reads a description from a sweep file, or from the file that it names.
  init(_ value: YAMLValue, name: DatasetName) throws(UserError) {
    if case .scalar = value.node {
      let file = try value.path()
      guard FileManager.default.fileExists(atPath: file.path) else {
        throw value.error("there is no file \(file.path) with the description of \(name)")
      }
      try self.init(contentsOf: file, name: name)
    } else {
      try self.init(value, value.fields(Self.keys), name: name)
    }
  }

  private init(
    _ value: YAMLValue, _ fields: [String: YAMLValue], name: DatasetName
  ) throws(UserError) {
    func required(_ key: String) throws(UserError) -> YAMLValue {
      guard let field = fields[key] else { throw value.error("'\(key)' is missing") }
      return field
    }
    let type = try required("label_type").choice(of: FolderRules.LabelType.allCases)
    var rules = FolderRules(labels: type, classes: try required("classes").classes(type))
    rules.ignored = try fields["ignored"]?.ignored(rules) ?? []
    rules.minority = try fields["minority"]?.minority(rules)
    rules.normalization = try fields["normalization"]?.normalization()
    rules.split = try fields["split"]?.seededSplit()
    let layout = FolderLayout(
      source: try value.source(fields, rules.split),
      naming: try fields["label_name"]?.labelNaming() ?? LabelNaming())
    self.init(name: name, file: value.file, rules: rules, layout: layout)
  }
}
