import Files
import Foundation

/// A data set described by its user, in a YAML file or in a sweep.
package struct FolderDescription: Hashable, Sendable {
  package var name: DatasetName
  /// The file with the description, for messages.
  package var file: String
  package var rules: FolderRules
  package var layout: FolderLayout

  package init(name: DatasetName, file: String, rules: FolderRules, layout: FolderLayout) {
    (self.name, self.file, self.rules, self.layout) = (name, file, rules, layout)
  }

  /// The splits that can be scored; the first is the default.
  package var scoredSplits: [Split] { [.test, .validation, .train].filter(layout.splits.contains) }

  package var descriptor: DatasetDescriptor {
    DatasetDescriptor(name, rules, labelEnding: layout.naming.suffix.label + ".png")
  }

  /// Finds the files.
  /// - Throws: `UserError` for a folder or list that is missing, a JPEG file, or an image in two
  ///   splits.
  package func open() throws -> any Dataset { try FolderDataset(self) }
}

extension DatasetDescriptor {
  /// A user-described data set as a run's configuration stores it. The location of its files is not
  /// known here, so it cannot be opened: see `FolderDescription.open`.
  package init(_ name: DatasetName, _ rules: FolderRules, labelEnding: String = ".png") {
    self.init(
      name: name, title: name.rawValue, citation: name.rawValue, layout: "what its user describes",
      classes: rules.classTable, labels: rules.labelTable(of: name),
      splitSchemes: [rules.split == nil ? .official : .shuffled],
      predictions: .samePath(ending: labelEnding), scoredSize: .files
    ) { root, _ in
      throw UserError(
        path: root.path, problem: "is a folder, but \(name) needs its description (a YAML file)")
    }
  }
}
