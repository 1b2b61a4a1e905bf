import Files
import Foundation
import Synchronization

/// The groups that a regular expression makes of the names of images, such as drives or patients.
package struct NameGroups: Sendable {
  private let pattern: String
  private let folder: URL
  private let seconds: Double

  /// - Parameter seconds: some expressions, such as `(a+)+b`, try each way to divide a name, and would
  ///   not end.
  package init(pattern: String, folder: URL, seconds: Double = 10) {
    (self.pattern, self.folder, self.seconds) = (pattern, folder, seconds)
  }

  /// The first capture of the expression in each name, or the whole match where it has none.
  ///
  /// - Throws: `UserError` with the image's path if a name does not match, or takes too long; with the
  ///   folder's if this is no expression.
  package func groups(of stems: [String]) throws(UserError) -> [String: String] {
    guard let matching = Matching(pattern) else {
      throw UserError(
        path: folder.path,
        problem: "the description's group '\(pattern)' is not a valid regular expression")
    }
    let thread = Thread { matching.run(stems) }
    thread.stackSize = 8 << 20
    thread.start()
    guard matching.ended.wait(timeout: .now() + seconds) == .success else {
      throw error(
        matching.stem,
        "takes more than \(seconds) s to compare with the description's group '\(pattern)'; "
          + "use an expression without repetitions of repetitions")
    }
    guard let groups = matching.groups else {
      throw error(
        matching.stem,
        "has no group: its path does not match the description's group '\(pattern)'")
    }
    return groups
  }

  private func error(_ stem: String, _ problem: String) -> UserError {
    UserError(path: folder.appendingPathComponent(stem + ".png").path, problem: problem)
  }
}

/// What a thread has found so far; nothing can end it but its own end and that of the program.
private final class Matching: Sendable {
  private let state = Mutex((stem: "", groups: [String: String]?.none))
  /// For the thread alone, until its end.
  private let pattern: Mutex<Regex<AnyRegexOutput>>
  let ended = DispatchSemaphore(value: 0)

  /// Nil if the pattern is no expression.
  init?(_ pattern: String) {
    guard let pattern = try? Regex(pattern) else { return nil }
    self.pattern = Mutex(pattern)
  }

  /// The name that is compared, or that did not match.
  var stem: String { state.withLock { $0.stem } }
  /// Nil until all names have matched.
  var groups: [String: String]? { state.withLock { $0.groups } }

  func run(_ stems: [String]) {
    defer { ended.signal() }
    let groups = pattern.withLock { pattern -> [String: String]? in
      var groups: [String: String] = [:]
      for stem in stems {
        state.withLock { $0.stem = stem }
        guard let match = try? pattern.firstMatch(in: stem) else { return nil }
        let capture = match.output.count > 1 ? match.output[1].substring : nil
        groups[stem] = String(capture ?? stem[match.range])
      }
      return groups
    }
    state.withLock { $0.groups = groups }
  }
}
