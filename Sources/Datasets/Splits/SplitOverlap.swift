import Files
import Foundation

/// Files that several splits share: a network would be scored on images that it was trained on.
enum SplitOverlap {
  /// One problem for each image that is in two splits or twice in one, and for each label file of two
  /// splits. Links are followed.
  static func problems(_ items: [Split: [Item]]) -> [UserError] {
    var (images, labels): ([String: Split], [String: Split]) = ([:], [:])
    var found: [UserError] = []
    for split in Split.allCases {
      for item in items[split] ?? [] {
        let image = images.updateValue(split, forKey: place(item.image))
        let label = labels.updateValue(split, forKey: place(item.label))
        if let image {
          found.append(problem(item.image, "an image", image, split))
        } else if let label, label != split {
          found.append(problem(item.label, "a label file", label, split))
        }
      }
    }
    return found
  }

  private static func place(_ file: URL) -> String {
    file.resolvingSymlinksInPath().standardizedFileURL.path
  }

  private static func problem(
    _ file: URL, _ what: String, _ first: Split, _ second: Split
  ) -> UserError {
    let place =
      first == second ? "twice in the \(first) split" : "in the \(first) and the \(second) split"
    return UserError(
      path: file.path, problem: "appears \(place); \(what) belongs to one split, once")
  }
}

/// - Parameter items: those of all splits that are trained on, validated on or scored.
/// - Throws: `UserError` naming the first file that is in two of them, or twice in one.
package func checkDisjoint(_ items: [Split: [Item]]) throws(UserError) {
  let problems = SplitOverlap.problems(items)
  guard let first = problems.first else { return }
  let others = problems.count == 1 ? "" : " (and so do \(problems.count - 1) more files)"
  throw UserError(
    path: first.path ?? "",
    problem: first.problem + others
      + ": take it out of one list or folder; recallbench data inspect names them all")
}
