import Files
import Foundation
import Synchronization
import Tensors

/// The contents of a data set on disk and every problem found in it. Every file is decoded.
package struct DatasetInspection: Hashable, Codable, Sendable {
  package struct Size: Hashable, Codable, Sendable {
    package var height: Int
    package var width: Int
    package var images: Int

    package init(height: Int, width: Int, images: Int) {
      (self.height, self.width, self.images) = (height, width, images)
    }
  }

  package struct SplitSummary: Hashable, Codable, Sendable {
    package var split: Split
    /// Images with a label file.
    package var images: Int
    /// Why there is no such split, or nil.
    package var unavailable: String?
    /// The sizes that occur among readable images, most frequent first.
    package var sizes: [Size] = []
    /// Pixels by training id, over the valid pairs at their original size.
    package var classPixels: [Int]
    package var ignoredPixels = 0

    /// Percent of the valid pixels; zeros if there are none.
    package var classShares: [Double] {
      let valid = classPixels.reduce(0, +)
      return classPixels.map { valid == 0 ? 0 : 100 * Double($0) / Double(valid) }
    }
    /// Percent of all pixels that are not evaluated.
    package var voidShare: Double {
      let all = classPixels.reduce(0, +) + ignoredPixels
      return all == 0 ? 0 : 100 * Double(ignoredPixels) / Double(all)
    }
  }

  package var dataset: DatasetName
  package var classNames: [String]
  package var splits: [SplitSummary]
  /// Every problem, by path.
  package var problems: [UserError]

  /// Inspects every file of the data set.
  /// - Parameter progress: called periodically, from any thread, with the split and the number of
  ///   its images inspected so far.
  package init(
    of dataset: any Dataset, compute: Compute, progress: (Split, Int) -> Void = { _, _ in }
  ) {
    self.dataset = dataset.name
    classNames = dataset.classes.names
    (splits, problems) = ([], [])
    for split in dataset.splits {
      let found = Self.look(at: split, of: dataset, compute: compute, progress: progress)
      splits.append(found.summary)
      problems += found.problems
    }
    problems += dataset.strayLabels()
    problems.sort { ($0.path ?? "", $0.problem) < ($1.path ?? "", $1.problem) }
  }

  private static func look(
    at split: Split, of dataset: any Dataset, compute: Compute, progress: (Split, Int) -> Void
  ) -> (summary: SplitSummary, problems: [UserError]) {
    let classes = dataset.classes.count
    var summary = SplitSummary(
      split: split, images: 0, classPixels: [Int](repeating: 0, count: classes))
    let listing: SplitListing
    do {
      listing = try dataset.listing(split)
    } catch let error as UserError {
      // Only the test split may be unpublished; any other missing split is a problem.
      summary.unavailable = error.problem
      return (summary, split == .test ? [] : [error])
    } catch {
      return (summary, [UserError(path: dataset.name.rawValue, problem: "\(error)")])
    }
    summary.images = listing.items.count
    let found = Mutex(Findings(classes: classes))
    compute.parallelFor(listing.items.count) { index in
      let item = listing.items[index]
      let outcome = Result { try LabeledImage(reading: item, of: dataset) }
      let unknown = (try? outcome.get()) == nil ? dataset.unknownLabels(item) : []
      let looked = found.withLock { found in
        found.add(outcome, of: item, unknown, at: index)
        return found.looked
      }
      if looked % 50 == 0 { progress(split, looked) }
    }
    let findings = found.withLock { $0 }
    summary.classPixels = findings.classPixels
    summary.ignoredPixels = findings.ignoredPixels
    summary.sizes = findings.sizes
      .map { Size(height: $0.key[0], width: $0.key[1], images: $0.value) }
      .sorted { ($0.images, $0.width, $0.height) > ($1.images, $1.width, $1.height) }
    var problems = listing.problems + findings.problems + findings.unknownProblems
    if listing.items.isEmpty, problems.isEmpty {
      problems = [
        UserError(path: listing.path, problem: "no images of the \(split.rawValue) split here")
      ]
    }
    return (summary, problems)
  }

  /// What is collected over the files of a split.
  private struct Findings {
    var looked = 0
    var classPixels: [Int]
    var ignoredPixels = 0
    /// By [height, width].
    var sizes: [[Int]: Int] = [:]
    var problems: [UserError] = []
    /// For each value that no class has: its pixels and files, and the first of those files.
    var unknown: [LabelValue: (pixels: Int, files: Int, first: Int, label: URL)] = [:]

    var unknownProblems: [UserError] {
      unknown.map { value, found in
        FolderLabels.problem(value, pixels: found.pixels, files: found.files, in: found.label)
      }
    }

    init(classes: Int) { classPixels = [Int](repeating: 0, count: classes) }

    mutating func add(
      _ outcome: Result<LabeledImage, any Error>, of item: Item,
      _ unknown: [(value: LabelValue, pixels: Int)], at index: Int
    ) {
      looked += 1
      switch outcome {
      case .success(let sample):
        sizes[[sample.height, sample.width], default: 0] += 1
        let counts = histogram(sample.labels, classes: classPixels.count)
        for c in counts.indices { classPixels[c] += counts[c] }
        ignoredPixels += sample.labels.ids.count - counts.reduce(0, +)
      case .failure where !unknown.isEmpty:
        // Reported once for all files.
        for (value, pixels) in unknown {
          let old = self.unknown[value] ?? (0, 0, index, item.label)
          let (first, label) = index < old.first ? (index, item.label) : (old.first, old.label)
          self.unknown[value] = (old.pixels + pixels, old.files + 1, first, label)
        }
      case .failure(let error):
        problems.append(
          error as? UserError ?? UserError(path: item.image.path, problem: "\(error)"))
      }
    }
  }
}
