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
    /// Percent of the labeled pixels that are of minority classes.
    let minorityShare: Double
    let input: ColorImage
    let truth: LabelImage
    /// Training ids, in the order of `losses`.
    let predictions: [LabelImage]
    /// Upper left corner of the enlarged part, a third of the width and of the height.
    let corner: (x: Int, y: Int)
  }

  let setting: Setting
  package let seed: UInt64
  /// In normalized notation.
  package let losses: [String]

  /// The losses' titles, without parameters where these do not tell them apart.
  var columnTitles: [String] {
    let names = losses.map { LossName(notation: $0) }
    return names.map { name in
      name.title(withParameters: names.count { $0.base == name.base } > 1)
    }
  }

  let rows: [Row]
  /// The number of images in the split that the rows are from.
  let evaluatedImages: Int
  /// Whether the pictures show photographs and labels that are not ours to pass on.
  package let showsRealData: Bool

  /// As many losses as a sheet has columns for.
  package static let mostLosses = 8

  /// The images that runs keep predictions of: how they were chosen.
  static let rule =
    "the evaluated split is cut into four equal stretches, and from each, the image with the most "
    + "pixels of minority classes is shown"

  var slug: String { "\(setting.panelKey.slug)-pictures\(showsRealData ? "-real" : "")" }

  /// A sheet for each panel whose runs kept predictions: of its first setting, and of the lowest seed
  /// that all these losses have.
  ///
  /// Rendered images are taken from the cache of stand-ins, drawn again where they are missing. Real
  /// ones are shown only where their folder is given; without it the panel has no sheet, since
  /// predictions alone tell a reader nothing. A panel whose data cannot be read, or is not what was
  /// scored, has no sheet.
  ///
  /// - Parameters:
  ///   - losses: names such as `ce`; those that were not run are left out. nil: cross-entropy and the
  ///     other losses of the panel, at most `mostLosses`, of the seed that has most of them.
  ///   - minority: training ids by data set.
  ///   - failed: called with what is wrong with the data of a panel.
  package static func all(
    _ records: [RunRecord], losses: [String]?, folders: DataFolders, threads: Int,
    minority: [DatasetName: [Int]], failed: (PictureFailure) -> Void = { $0.warn() }
  ) -> [PictureSheet] {
    let settings = Dictionary(grouping: records) { Setting($0.configuration) }
    let first = Dictionary(grouping: settings.keys, by: \.panelKey).compactMapValues { $0.min() }
    return first.values.sorted { $0.panelKey < $1.panelKey }.compactMap {
      setting -> PictureSheet? in
      do {
        return try sheet(
          setting, settings[setting] ?? [], losses, folders, threads: threads,
          minority: minority[setting.shared.data.name] ?? [])
      } catch {
        failed(
          PictureFailure(
            error: UserError("no pictures of \(setting.panelKey.slug): \(oneLine(error))"),
            isOfRealData: setting.shared.data.isReal))
        return nil
      }
    }
  }

  private static func sheet(
    _ setting: Setting, _ records: [RunRecord], _ losses: [String]?, _ folders: DataFolders,
    threads: Int, minority: [Int]
  ) throws -> PictureSheet? {
    guard let runs = losses.map({ chosen(records, $0) }) ?? chosen(records), let run = runs.first,
      let images = try images(of: run, folders, threads: threads)
    else { return nil }
    return try PictureSheet(setting, runs, images, minority: minority)
  }

  private init(
    _ setting: Setting, _ runs: [RunRecord], _ images: [Int: LabeledImage], minority: [Int]
  ) throws {
    self.setting = setting
    seed = runs[0].configuration.seed
    losses = runs.map(\.configuration.loss)
    evaluatedImages = runs[0].confusions.count
    showsRealData = setting.shared.data.isReal
    let pixels = runs[0].split.trainClassPixels
    var weights = [Double](repeating: 0, count: 256)
    for id in minority where pixels.indices.contains(id) && pixels[id] > 0 {
      weights[id] = 1 / Double(pixels[id])
    }
    rows = try images.keys.sorted().compactMap { place in
      guard let sample = images[place] else { return nil }
      let truth = sample.labels
      let labeled = truth.ids.count { $0 != 255 }
      let small = truth.ids.count { minority.contains(Int($0)) }
      return Row(
        name: runs[0].split.evaluated[place],
        minorityShare: 100 * Double(small) / Double(max(1, labeled)), input: sample.image,
        truth: truth, predictions: try runs.map { try $0.prediction(place) },
        corner: Self.weightiestThird(truth, weights))
    }
  }

  /// A run of cross-entropy and of other losses, of the seed that has most of them.
  private static func chosen(_ runs: [RunRecord]) -> [RunRecord]? {
    let pictured = runs.filter { !$0.predictions.isEmpty }
    let seeds = Dictionary(grouping: pictured, by: \.configuration.seed)
    let best = seeds.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
    let sorted = (best?.value ?? []).sorted { a, b in
      LossName(notation: a.configuration.loss) < LossName(notation: b.configuration.loss)
    }
    // Recall loss stays also where there are many.
    let all = sorted.filter { LossName(notation: $0.configuration.loss).base == "recall" }.prefix(1)
    let kept = sorted.prefix(mostLosses)
    let isKept = all.allSatisfy { run in kept.contains { $0.folder == run.folder } }
    let chosen = isKept ? Array(kept) : Array(kept.dropLast()) + Array(all)
    return chosen.isEmpty ? nil : chosen
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

  /// - Throws: `UserError` for a named loss that no run has, with those that there are.
  package static func check(_ losses: [String], among records: [RunRecord]) throws(UserError) {
    let there = Set(records.map { LossName(notation: $0.configuration.loss) }).sorted()
      .map(\.notation)
    guard let unknown = losses.first(where: { notation(of: $0, among: there) == nil }) else {
      return
    }
    throw UserError(
      "--pictures: no run here has the loss \(unknown); there are \(there.joined(separator: ", "))")
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

/// Why a panel has no pictures although its data was given.
package struct PictureFailure: Sendable {
  package let error: UserError
  /// Of which it is for the user to give what was scored. Stand-ins can always be drawn, unless the
  /// disk fails.
  package let isOfRealData: Bool

  package func warn() { Files.warn(error.description) }
}

extension DataConfiguration {
  /// Whether the images are others' and not ours to pass on.
  fileprivate var isReal: Bool { source == .real || render == nil }
}

extension RunRecord {
  /// The stored prediction of an image.
  /// - Throws: `UserError` if it is missing, or not of the size and classes that were scored.
  fileprivate func prediction(_ place: Int) throws -> LabelImage {
    guard let prediction = predictions[place] else {
      throw UserError(
        path: folder.path, problem: "lacks the prediction of image \(place); train it again")
    }
    let (height, width) = configuration.data.evaluationSize
    let classes = confusions[0].classes
    guard prediction.height == height, prediction.width == width,
      prediction.ids.allSatisfy({ $0 < classes })
    else {
      throw UserError(
        path: folder.path,
        problem: "its prediction of image \(place) is not one of \(classes) classes and "
          + "\(height) x \(width) pixels (height x width); train the run again")
    }
    return prediction
  }
}
