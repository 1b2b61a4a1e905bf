import Files
import Foundation

/// The data sets that RecallBench knows by name. To add one, create a folder and add a line here.
/// Other data sets are described by their users: see `FolderDescription`.
package enum DatasetRegistry {
  /// In the order of tables.
  package static let all: [DatasetDescriptor] = [.synthia, .cityscapes, .camvid]

  package static let names: [DatasetName] = all.map(\.name)

  package static func descriptor(named name: DatasetName) -> DatasetDescriptor? {
    all.first { $0.name == name }
  }

  /// - Throws: `UserError` if there is no such data set.
  package static func require(_ name: DatasetName) throws(UserError) -> DatasetDescriptor {
    guard let descriptor = descriptor(named: name) else {
      throw UserError(
        "there is no data set \(name)\(allowedList(for: name.rawValue, names.map(\.rawValue)))")
    }
    return descriptor
  }
}

extension DatasetName {
  /// The title as the data set's makers write it, or the name of a user-described data set.
  package var title: String { DatasetRegistry.descriptor(named: self)?.title ?? rawValue }

  /// The source of the images, for captions.
  package var citation: String { DatasetRegistry.descriptor(named: self)?.citation ?? rawValue }
}

/// The data set of that name below `root`.
/// - Throws: `UserError` for the reasons that `DatasetDescriptor.open` gives, or if there is no
///   data set of that name.
package func openDataset(
  _ name: DatasetName, root: URL, split: SplitScheme
) throws -> any Dataset {
  try DatasetRegistry.require(name).open(root, split: split)
}

extension SplitScheme {
  /// - Throws: `UserError` unless this is the official scheme, the only one that the data set has.
  func requireOfficial(_ title: String, _ root: URL) throws(UserError) {
    guard self == .official else {
      throw UserError(
        path: root.path,
        problem: "\(title) has an official split; `\(rawValue)` is not one of its split schemes")
    }
  }
}
