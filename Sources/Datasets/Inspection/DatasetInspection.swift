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
  /// What is not wrong but may not be meant, by path.
  package var remarks: [UserError] = []

  /// Inspects every file of the data set.
  /// - Parameter progress: called periodically, from any thread, with the split and the number of
  ///   its images inspected so far.
  package init(
    of dataset: any Dataset, compute: Compute, progress: (Split, Int) -> Void = { _, _ in }
  ) {
    self.dataset = dataset.name
    classNames = dataset.classes.names
    (splits, problems) = ([], [])
    var items: [Split: [Item]] = [:]
    for split in dataset.splits {
      let found = Self.look(at: split, of: dataset, compute: compute, progress: progress)
      splits.append(found.summary)
      problems += found.problems
      remarks += found.remarks
      items[split] = found.items
    }
    problems += SplitOverlap.problems(items)
    do { problems += try dataset.strayLabels() } catch {
      problems.append(Self.problem(error, dataset))
    }
    // One folder that cannot be listed may stop several steps.
    problems = Self.sorted(problems)
    remarks = Self.sorted(remarks + suspicions(dataset))
  }

  private static func sorted(_ errors: [UserError]) -> [UserError] {
    Set(errors).sorted { ($0.path ?? "", $0.problem) < ($1.path ?? "", $1.problem) }
  }

  private static func problem(_ error: any Error, _ dataset: any Dataset) -> UserError {
    error as? UserError ?? UserError(path: dataset.name.rawValue, problem: "\(error)")
  }

  /// What is found in a split.
  private struct Look {
    var summary: SplitSummary
    var problems: [UserError] = []
    var remarks: [UserError] = []
    var items: [Item] = []
  }

  private static func look(
    at split: Split, of dataset: any Dataset, compute: Compute, progress: (Split, Int) -> Void
  ) -> Look {
    let classes = dataset.classes.count
    var summary = SplitSummary(
      split: split, images: 0, classPixels: [Int](repeating: 0, count: classes))
    if let reason = dataset.unpublished(split) {
      summary.unavailable = reason.problem
      return Look(summary: summary)
    }
    let listing: SplitListing
    do { listing = try dataset.listing(split) } catch {
      let problem = Self.problem(error, dataset)
      summary.unavailable = problem.problem
      return Look(summary: summary, problems: [problem])
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
    if let reason = findings.voidProblem(split) { problems.append(reason) }
    return Look(
      summary: summary, problems: problems, remarks: listing.remarks + findings.voidRemarks,
      items: listing.items)
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

    /// Label files without a pixel of a class, and the first of them.
    var void: (files: Int, first: Int, label: URL)?

    var unknownProblems: [UserError] {
      unknown.map { value, found in
        FolderLabels.problem(value, pixels: found.pixels, files: found.files, in: found.label)
      }
    }

    init(classes: Int) { classPixels = [Int](repeating: 0, count: classes) }

    mutating func addVoid(_ item: Item, at index: Int) {
      let old = void ?? (0, index, item.label)
      void = (old.files + 1, min(old.first, index), index < old.first ? item.label : old.label)
    }

    /// A split without anything to learn from or to score.
    func voidProblem(_ split: Split) -> UserError? {
      guard let void, classPixels.allSatisfy({ $0 == 0 }) else { return nil }
      return UserError(
        path: void.label.path,
        problem: "and all other label files of the \(split) split are void: no pixel has a class")
    }

    var voidRemarks: [UserError] {
      guard let void, classPixels.contains(where: { $0 > 0 }) else { return [] }
      return [
        UserError(
          path: void.label.path,
          problem: "is wholly void: no pixel has a class"
            + (void.files == 1 ? "" : "; so are \(void.files - 1) more label files"))
      ]
    }

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
        let valid = counts.reduce(0, +)
        ignoredPixels += sample.labels.ids.count - valid
        if valid == 0 { addVoid(item, at: index) }
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
