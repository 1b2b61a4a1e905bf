import Foundation

/// A path as a link in a file has it.
/// - Parameter folder: that of the file.
func relativePath(to target: URL, from folder: URL) -> String {
  func parts(_ url: URL) -> [String] { url.absoluteURL.standardizedFileURL.pathComponents }
  let (there, here) = (parts(target), parts(folder))
  let shared = zip(there, here).prefix { $0 == $1 }.count
  return (here[shared...].map { _ in ".." } + there[shared...]).joined(separator: "/")
}
