import Files
import Foundation

/// Where the page finds the pictures of its report.
package struct PagePictures {
  enum Source {
    /// Files beside the page.
    case linked
    /// The page itself.
    case embedded

    /// For the page's content security policy.
    var policy: HTML { self == .linked ? "'self' file: data:" : "data:" }
  }

  /// The report's.
  let folder: URL
  let source: Source

  /// - Parameter isSingleFile: whether the page holds its pictures, so that it can be sent alone.
  package init(folder: URL, isSingleFile: Bool) {
    (self.folder, source) = (folder, isSingleFile ? .embedded : .linked)
  }

  /// For an `img` element; nil where there is no such file.
  /// - Parameter path: in the report's folder, of a PNG or SVG file.
  /// - Throws: `UserError` if the file exists and has to be embedded, but cannot be read.
  func address(_ path: String) throws -> String? {
    let file = folder.appending(path: path)
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    if source == .linked {
      return path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? path
    }
    let kind = file.pathExtension.lowercased() == "svg" ? "svg+xml" : "png"
    return "data:image/\(kind);base64,\(try AtomicFile.read(file).base64EncodedString())"
  }
}

/// A picture of the report, each under its title on the page.
package struct PageFigure {
  /// In the report's folder.
  let path: String
  let title: String
  /// What the picture shows, for those who do not see it.
  let alternative: String
  let caption: String

  package init(path: String, title: String, alternative: String, caption: String) {
    (self.path, self.title, self.alternative) = (path, title, alternative)
    self.caption = caption
  }

  /// As a part of a section; nil where the file does not exist.
  /// - Parameter anchor: the section's.
  /// - Throws: `UserError` naming a file that exists and cannot be read.
  package func part(_ pictures: PagePictures, anchor: String) throws -> PageSection.Part? {
    guard let address = try pictures.address(path) else { return nil }
    let file = path.split(separator: "/").last ?? ""
    let stem = file.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    return PageSection.Part(
      anchor: "\(anchor)-\(String(stem))", title: title,
      body: """
        <figure class="picture">
        <div class="wide" tabindex="0" role="group" aria-label="\(title)">
        <img src="\(address)" alt="\(alternative)">
        </div>
        <figcaption>\(caption)</figcaption>
        </figure>
        """)
  }

  /// For `tables.md`.
  var markdown: String {
    """
    ## \(escapeMarkdown(title))

    ![\(escapeMarkdown(alternative))](\(path))

    \(escapeMarkdown(caption))

    """
  }
}
