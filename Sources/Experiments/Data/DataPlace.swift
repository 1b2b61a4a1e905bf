import Datasets
import Files
import Foundation

/// Where the files of a data set are, or the description of one, and what says so.
package struct DataPlace: Hashable, Sendable {
  package var url: URL
  /// Such as `--camvid`, `RECALLBENCH_CAMVID` or `path in my.yml`.
  package var origin: String

  package init(_ url: URL, origin: String) { (self.url, self.origin) = (url, origin) }
}

extension DatasetName {
  /// The environment variable with the data set's folder or, for a user-described one, the file of
  /// its description: `RECALLBENCH_CAMVID`.
  package var variable: String {
    "RECALLBENCH_"
      + String(rawValue.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  /// What the environment says about where the data set is; nil if the variable is not set or empty.
  package func place(in environment: [String: String]) -> DataPlace? {
    guard let path = environment[variable], !path.isEmpty else { return nil }
    return DataPlace(URL(filePath: expandingHome(path, environment)), origin: variable)
  }
}

/// The path with the home folder in place of a leading `~`, as in a shell.
package func expandingHome(
  _ path: String, _ environment: [String: String] = ProcessInfo.processInfo.environment
) -> String {
  guard path == "~" || path.hasPrefix("~/"), let home = environment["HOME"], !home.isEmpty else {
    return path
  }
  return home + path.dropFirst()
}

/// An argument of a command with the home folder in place of `~` at its start or after `=`: shells
/// replace only the first, and not in quotes.
package func expandingHomes(
  _ argument: String, _ environment: [String: String] = ProcessInfo.processInfo.environment
) -> String {
  guard let sign = argument.range(of: "=~", options: .backwards) else {
    return expandingHome(argument, environment)
  }
  let path = String(argument[argument.index(after: sign.lowerBound)...])
  return String(argument[...sign.lowerBound]) + expandingHome(path, environment)
}

extension YAMLValue {
  /// Reads a path, relative to the file's folder.
  func path() throws(UserError) -> URL {
    let path = try text()
    guard !path.isEmpty else { throw mismatch("a path") }
    let folder = URL(filePath: file).deletingLastPathComponent()
    return URL(filePath: expandingHome(path), relativeTo: folder).absoluteURL
  }
}
