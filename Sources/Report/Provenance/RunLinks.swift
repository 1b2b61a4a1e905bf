import Foundation

/// Where the provenance of a run leads: its folder, and what the page shows of its panel.
struct RunLinks {
  private let pictures: PagePictures
  private let anchors: Set<String>

  /// - Parameter anchors: of the page.
  init(_ pictures: PagePictures, anchors: Set<String>) {
    (self.pictures, self.anchors) = (pictures, anchors)
  }

  /// The run's folder, or the file that the finished runs were packed into; nil where neither is
  /// beside the page.
  func run(_ folder: String) -> String? {
    guard pictures.source == .linked else { return nil }
    return ["runs/\(folder)/run.json", "runs.jsonl"].first { path in
      FileManager.default.fileExists(atPath: pictures.folder.appending(path: path).path)
    }.map { $0.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? $0 }
  }

  /// nil where the page has no curves of the panel.
  func curves(_ panel: Panel) -> String? {
    let anchor = "curves-\(panel.slug)"
    return anchors.contains(anchor) ? "#\(anchor)" : nil
  }

  /// nil where the page has no pictures of the panel.
  func pictures(_ panel: Panel) -> String? {
    let own = anchors.filter { $0.hasPrefix("pictures-\(panel.slug)-pictures") }
    return own.min().map { "#\($0)" }
  }
}
