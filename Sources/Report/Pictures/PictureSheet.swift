import Datasets
import Experiments
import Files
import Foundation
import Tensors

/// The paper's Fig. 3 for one panel: pictured images as rows; the input, the truth and what each loss
/// predicted as columns; under each row the same enlarged around its small objects.
package struct PictureSheet: Sendable {
  struct Row {
    /// Of the image.
    let name: String
    /// Percent of the labeled pixels that are of minority classes; nil without the truth.
    let minorityShare: Double?
    let input: ColorImage?
    let truth: LabelImage?
    /// Training ids, in the order of `losses`.
    let predictions: [LabelImage]
    /// Upper left corner of the enlarged part, a third of the width and of the height.
    let corner: (x: Int, y: Int)
  }

  let setting: Setting
  package let seed: UInt64
  /// In normalized notation.
  package let losses: [String]
  let rows: [Row]
  /// The number of images in the split that the rows are from.
  let evaluatedImages: Int
  /// Whether the pictures show photographs and labels that are not ours to pass on.
  package let showsRealData: Bool

  package var showsTruth: Bool { rows.contains { $0.truth != nil } }

  /// The images that runs keep predictions of: how they were chosen.
  static let rule =
    "the evaluated split is cut into four equal stretches, and of each the image with most pixels of "
    + "minority classes is shown"

  var slug: String { "\(setting.panelKey.slug)-pictures\(showsRealData ? "-real" : "")" }

  /// A sheet for each panel whose runs kept predictions: of its first setting, and of the lowest seed
  /// that all these losses have.
  ///
  /// Rendered images are taken from the cache of stand-ins, drawn again where they are missing. Real
  /// ones are shown only on a sheet of its own, and only where their folder is given.
  ///
  /// - Parameters:
  ///   - losses: names such as `ce`; those that were not run are left out.
  ///   - minority: training ids by data set.
  /// A panel whose data cannot be read, or is not what was scored, has no sheet, and a warning says why.
  package static func all(
    _ records: [RunRecord], losses: [String], folders: DataFolders, threads: Int,
    minority: [DatasetName: [Int]]
  ) -> [PictureSheet] {
    let settings = Dictionary(grouping: records) { Setting($0.configuration) }
    let first = Dictionary(grouping: settings.keys, by: \.panelKey).compactMapValues { $0.min() }
    return first.values.sorted { $0.panelKey < $1.panelKey }.flatMap { setting -> [PictureSheet] in
      do {
        return try sheets(
          setting, settings[setting] ?? [], losses, folders, threads: threads,
          minority: minority[setting.shared.data.name] ?? [])
      } catch {
        warn("no pictures of \(setting.panelKey.slug): \(oneLine(error))")
        return []
      }
    }
  }

  private static func sheets(
    _ setting: Setting, _ records: [RunRecord], _ losses: [String], _ folders: DataFolders,
    threads: Int, minority: [Int]
  ) throws -> [PictureSheet] {
    guard let runs = chosen(records, losses), let run = runs.first else { return [] }
    let source = try images(of: run, folders, threads: threads)
    let hasRealData = setting.shared.data.isReal && source != nil
    // What a repository holds of real data is the networks' own output.
    let sheets = [hasRealData ? nil : source] + (hasRealData ? [source] : [])
    return try sheets.map { images in
      try PictureSheet(
        setting, runs, images, minority: minority,
        showsRealData: setting.shared.data.isReal && images != nil)
    }
  }

  private init(
    _ setting: Setting, _ runs: [RunRecord], _ images: [Int: LabeledImage]?, minority: [Int],
    showsRealData: Bool
  ) throws {
    self.setting = setting
    seed = runs[0].configuration.seed
    losses = runs.map(\.configuration.loss)
    evaluatedImages = runs[0].confusions.count
    self.showsRealData = showsRealData
    let pixels = runs[0].split.trainClassPixels
    var weights = [Double](repeating: 0, count: 256)
    for id in minority where pixels.indices.contains(id) && pixels[id] > 0 {
      weights[id] = 1 / Double(pixels[id])
    }
    rows = try runs[0].predictions.keys.sorted().map { place in
      let predictions = try runs.map { run -> LabelImage in
        guard let prediction = run.predictions[place] else {
          throw UserError(
            path: run.folder.path, problem: "lacks the prediction of image \(place); train it again"
          )
        }
        let (height, width) = setting.shared.data.evaluationSize
        let classes = run.confusions[0].classes
        guard prediction.height == height, prediction.width == width,
          prediction.ids.allSatisfy({ $0 < classes })
        else {
          throw UserError(
            path: run.folder.path,
            problem: "its prediction of image \(place) is not one of \(classes) classes and "
              + "\(width) x \(height) pixels; train the run again")
        }
        return prediction
      }
      let sample = images?[place]
      let guide = sample?.labels ?? predictions[predictions.count - 1]
      let labeled = guide.ids.count { $0 != 255 }
      return Row(
        name: runs[0].split.evaluated[place],
        minorityShare: sample.map { sample in
          100 * Double(sample.labels.ids.count { minority.contains(Int($0)) })
            / Double(max(1, labeled))
        }, input: sample?.image, truth: sample?.labels, predictions: predictions,
        corner: Self.weightiestThird(guide, weights))
    }
  }

  /// One run of each loss, all of the same seed; nil if none kept predictions.
  private static func chosen(_ runs: [RunRecord], _ losses: [String]) -> [RunRecord]? {
    let pictured = runs.filter { !$0.predictions.isEmpty }
    let names = losses.compactMap { notation(of: $0, among: pictured.map(\.configuration.loss)) }
    let seeds = Set(pictured.map(\.configuration.seed)).sorted()
    for seed in seeds where !names.isEmpty {
      let found = names.compactMap { name in
        pictured.first { $0.configuration.loss == name && $0.configuration.seed == seed }
      }
      if found.count == names.count { return found }
    }
    return nil
  }

  /// The loss that a name such as `ce` means: the one of exactly this notation, else the first of
  /// that name.
  private static func notation(of wanted: String, among losses: [String]) -> String? {
    let exact = (try? normalizedLoss(wanted)) ?? wanted
    return losses.first { $0 == exact } ?? losses.first { LossName(notation: $0).base == wanted }
  }

  /// The named losses that no sheet shows.
  package static func missing(_ losses: [String], in sheets: [PictureSheet]) -> [String] {
    let shown = sheets.flatMap(\.losses)
    return losses.filter { notation(of: $0, among: shown) == nil }
  }

  /// The images and labels of a run's predictions; nil for real data whose folder is not given.
  private static func images(of run: RunRecord, _ folders: DataFolders, threads: Int) throws
    -> [Int: LabeledImage]?
  {
    let data = run.configuration.data
    guard !data.isReal || folders.has(data.name) else { return nil }
    let dataset = try folders.open(data, compute: Compute(threads: threads)) {
      showRendering(of: data.name, $0, $1)
    }
    return try run.evaluatedImages(Array(run.predictions.keys), of: dataset)
  }

  /// The upper left corner of the window, a third as wide and high, whose pixels weigh most.
  package static func weightiestThird(_ labels: LabelImage, _ weights: [Double]) -> (x: Int, y: Int)
  {
    let (h, w) = (labels.height, labels.width)
    // Sums over all pixels above and to the left.
    var sums = [Double](repeating: 0, count: (h + 1) * (w + 1))
    for y in 0..<h {
      for x in 0..<w {
        sums[(y + 1) * (w + 1) + x + 1] =
          weights[Int(labels.ids[y * w + x])] + sums[y * (w + 1) + x + 1]
          + sums[(y + 1) * (w + 1) + x] - sums[y * (w + 1) + x]
      }
    }
    var best = (x: 0, y: 0, sum: -1.0)
    for y in 0...(h - h / 3) {
      for x in 0...(w - w / 3) {
        let (bottom, right) = ((y + h / 3) * (w + 1), x + w / 3)
        let above = sums[y * (w + 1) + right] - sums[y * (w + 1) + x]
        let sum = sums[bottom + right] - sums[bottom + x] - above
        // More than rounding: of equal ones the first.
        if sum > best.sum * (1 + 1e-9) { best = (x, y, sum) }
      }
    }
    return (best.x, best.y)
  }
}

extension DataConfiguration {
  /// Whether the images are others' and not ours to pass on.
  fileprivate var isReal: Bool { source == .real || render == nil }
}
