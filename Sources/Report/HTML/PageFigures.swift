import Files
import Foundation

/// A picture of the sweep's folder that the page holds as a copy.
package struct PageFigure {
  /// The name of a PNG or SVG file in the folder of figures.
  let file: String
  let title: String
  /// What the picture shows, for those who do not see it.
  let alternative: String
  let caption: String

  package init(file: String, title: String, alternative: String, caption: String) {
    (self.file, self.title, self.alternative) = (file, title, alternative)
    self.caption = caption
  }
}

extension PageSection {
  /// The figures whose files exist, each under its title.
  /// - Returns: nil where there is none.
  /// - Throws: `UserError` naming a file that exists and cannot be read.
  package static func figures(
    _ figures: [PageFigure], in folder: URL, anchor: String = "figures", title: String = "Figures"
  ) throws -> PageSection? {
    let parts = try figures.compactMap { figure -> Part? in
      guard let address = try dataAddress(folder.appending(path: figure.file)) else { return nil }
      let stem = figure.file.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
      return Part(
        anchor: "\(anchor)-\(String(stem))", title: figure.title,
        body: """
          <figure class="picture">
          <div class="wide" tabindex="0" role="group" aria-label="\(figure.title)">
          <img src="\(address)" alt="\(figure.alternative)">
          </div>
          <figcaption>\(figure.caption)</figcaption>
          </figure>
          """)
    }
    return parts.isEmpty ? nil : PageSection(anchor: anchor, title: title, parts: parts)
  }

  /// Nil where there is no such file.
  private static func dataAddress(_ file: URL) throws -> String? {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let kind = file.pathExtension.lowercased() == "svg" ? "svg+xml" : "png"
    do {
      return "data:image/\(kind);base64,\(try Data(contentsOf: file).base64EncodedString())"
    } catch {
      throw UserError("\(file.path): cannot be read: \(error.localizedDescription)")
    }
  }
}
