import Files
import Foundation

extension DatasetInspection {
  /// What the counts of classes say.
  func suspicions(_ dataset: any Dataset) -> [UserError] {
    let looked = splits.filter { $0.classPixels.contains { $0 > 0 } }
    return looked.compactMap(missingClasses) + trainIds(dataset, looked)
  }

  private func missingClasses(_ split: SplitSummary) -> UserError? {
    let missing = classNames.indices.filter { split.classPixels[$0] == 0 }.map { classNames[$0] }
    if missing.isEmpty { return nil }
    let most = 8
    let names = missing.prefix(most).joined(separator: ", ")
    let more = missing.count > most ? " and \(missing.count - most) more" : ""
    return UserError(
      "the \(split.split) split has no pixel of \(missing.count) of \(classNames.count) classes: "
        + names + more)
  }

  /// Label files with training ids under the names of files with label ids.
  private func trainIds(_ dataset: any Dataset, _ looked: [SplitSummary]) -> [UserError] {
    guard dataset.name == .cityscapes else { return [] }
    let ids = CityscapesDataset.fileIds
    let isSmall = looked.allSatisfy { split in
      ids.indices.allSatisfy { split.classPixels[$0] == 0 || ids[$0] < ids.count }
    }
    guard isSmall, !looked.isEmpty else { return [] }
    return [
      UserError(
        "no label id above \(ids.count - 1) occurs: do files named *_labelIds.png hold train ids "
          + "(0 to \(ids.count - 1) and 255)?")
    ]
  }
}
