import Files
import Foundation

package enum Split: String, Codable, Hashable, Sendable, CaseIterable {
  case train, validation, test
}

/// One image and its label file.
package struct Item: Hashable, Sendable {
  /// A stable name within the data set, such as `Stereo_Left/Omni_F/000123`; never a
  /// machine-specific path.
  package let name: String
  package let image: URL
  package let label: URL

  package init(name: String, image: URL, label: URL) {
    (self.name, self.image, self.label) = (name, image, label)
  }
}

/// A data set found on disk: its classes, its files by split, and how to read a label file.
package protocol Dataset: Sendable {
  var name: DatasetName { get }
  var classes: ClassTable { get }
  /// The splits to look for.
  var splits: [Split] { get }
  /// The items of a split, in a fixed order.
  /// - Throws: `UserError` if a file is missing its counterpart or the split is empty.
  func items(_ split: Split) throws -> [Item]
  /// Reads a label file and maps the data set's own ids to training ids.
  /// - Throws: `UserError` naming the file if it is unreadable or contains an id outside the table.
  func readLabels(_ item: Item) throws -> LabelImage
  /// What is on disk for a split, complete or not.
  /// - Throws: `UserError` if the split cannot exist, such as Cityscapes' test labels.
  func listing(_ split: Split) throws -> SplitListing
  /// Label files of the whole data set without a matching image. A sweep does not start if there
  /// are any, since images may have been lost.
  /// - Throws: `UserError` if a folder cannot be listed.
  func strayLabels() throws -> [UserError]
  /// Why the data set's makers publish no labels of a split; nil where they do.
  func unpublished(_ split: Split) -> UserError?
  /// Values in an item's label file that are neither a class nor ignored, with their pixel counts;
  /// empty where the data set does not count them.
  func unknownLabels(_ item: Item) -> [(value: LabelValue, pixels: Int)]
  /// The images of a split that can be predicted, labeled or not, and the names of their
  /// predictions.
  /// - Throws: `UserError` as `items`.
  func predictionTargets(_ split: Split) throws -> [PredictionTarget]
}

/// The files of a split, and what is wrong with the rest.
package struct SplitListing: Hashable, Sendable {
  package var items: [Item] = []
  /// Images without a label file, or of a kind that is not read.
  package var problems: [UserError] = []
  /// What is not wrong but may not be meant, such as files that are not read.
  package var remarks: [UserError] = []
  /// Where the images were looked for.
  package var path: String

  /// The items, if there are any and nothing is wrong.
  /// - Throws: `UserError` with the first problem.
  package func checked(_ split: Split) throws -> [Item] {
    if let problem = problems.first { throw problem }
    if items.isEmpty {
      throw UserError(path: path, problem: "no images of the \(split.rawValue) split here")
    }
    return items
  }
}

extension SplitListing {
  mutating func add(_ unread: UnreadFiles) {
    problems = unread.problems + problems
    remarks += unread.remarks
  }
}

extension Dataset {
  package var splits: [Split] { Split.allCases }
  package func listing(_ split: Split) throws -> SplitListing {
    SplitListing(items: try items(split), path: name.rawValue)
  }
  package func strayLabels() throws -> [UserError] { [] }
  package func unpublished(_ split: Split) -> UserError? { nil }
  package func unknownLabels(_ item: Item) -> [(value: LabelValue, pixels: Int)] { [] }
  package func predictionTargets(_ split: Split) throws -> [PredictionTarget] {
    try items(split).map { PredictionTarget($0.image, path: "\($0.name).png") }
  }
}
