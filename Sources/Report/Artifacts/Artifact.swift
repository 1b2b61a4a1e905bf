import Foundation

/// One thing that a report consists of: a table, a figure, a sheet of pictures, the claims. A report
/// is a list of artifacts; whoever writes it knows nothing else about them.
///
/// To add one, conform to this protocol and name it in `SweepReport`.
package protocol Artifact {
  /// What it writes into the report's folder.
  var files: [ReportFile] { get }
  /// Its part of `tables.md`; nil: none.
  var markdown: String? { get }
  /// Its section of the page; nil: none. Sections with the same anchor become one.
  func section(_ pictures: PagePictures) throws -> PageSection?
}

extension Artifact {
  package var files: [ReportFile] { [] }
  package var markdown: String? { nil }
  package func section(_ pictures: PagePictures) throws -> PageSection? { nil }
}

/// A file of a report.
package struct ReportFile {
  package enum Content {
    case text(String)
    /// What a gnuplot script writes, which is another file of the same folder.
    case plot(script: String)
    /// What a function draws into a file.
    case drawing((URL) throws -> Void)
  }

  /// In the report's folder, such as `tables/synthia-resnet18-all.csv`: a name, or a name in `tables`
  /// or `figures`.
  package let path: String
  package let content: Content
  /// What a CSV file's numbers are and how they were made, a sentence or more each; see
  /// `captionsFile`.
  package let caption: [String]

  package init(_ path: String, _ content: Content, caption: [String] = []) {
    precondition(Self.isAllowed(path), "a report has no file \(path)")
    (self.path, self.content, self.caption) = (path, content, caption)
  }

  private static let folders: Set = ["tables", "figures"]
  private static let kinds: Set = ["csv", "html", "md"]

  /// Whether a report may write, and so remove, a file of this path: nothing outside of its folder,
  /// no run and no sweep.
  static func isAllowed(_ path: String) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard let name = parts.last, let first = name.first, first != "." else { return false }
    switch parts.count {
    case 1: return kinds.contains(URL(filePath: path).pathExtension)
    case 2: return folders.contains(String(parts[0]))
    default: return false
    }
  }
}

/// A section of the page that has neither files nor Markdown.
extension PageSection: Artifact {
  package func section(_ pictures: PagePictures) -> PageSection? { self }
}
