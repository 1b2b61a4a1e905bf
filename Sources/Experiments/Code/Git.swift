import Files
import Foundation

/// Git access to the source tree that this program was built from. It is used only to record and
/// report where runs come from; the identity of code is `CodeManifest`.
enum Git {
  private static let sources = URL(filePath: #filePath).deletingLastPathComponent().path

  /// The trimmed output, or nil if git is not available, the tree no longer exists or git fails.
  static func run(_ arguments: [String]) -> String? {
    output(arguments).map { text($0) }
  }

  /// The unmodified output of git.
  static func output(_ arguments: [String]) -> Data? { try? result(arguments).get() }

  /// Why git says nothing, in a clause.
  struct Refusal: Error, Hashable {
    var reason: String
  }

  /// The unmodified output of git, or why there is none.
  static func result(_ arguments: [String]) -> Result<Data, Refusal> {
    guard FileManager.default.fileExists(atPath: sources) else {
      return .failure(Refusal(reason: "the source tree \(sources) is not here"))
    }
    // Without optional locks, a status cannot get in the way of the user's own git.
    var program = Program(
      "/usr/bin/env", ["git", "--no-optional-locks", "-C", sources] + arguments)
    // Inside a hook of another repository, these variables would redirect git to it.
    program.environment = program.environment.filter { !$0.key.hasPrefix("GIT_") }
    program.environment["LC_ALL"] = "C"
    guard let outcome = try? program.run() else {
      return .failure(Refusal(reason: "git cannot be started"))
    }
    if outcome.status == 0 { return .success(outcome.output) }
    return .failure(Refusal(reason: reason(status: outcome.status, outcome.errors)))
  }

  /// The status of `env` for a program that is not there.
  private static let notFound: Int32 = 127

  private static func reason(status: Int32, _ said: String) -> String {
    if status == notFound { return "git is not installed" }
    if said.contains("dubious ownership") {
      return "git refuses the source tree because another user owns it"
    }
    let first = said.split(whereSeparator: \.isNewline).first.map(String.init)
    return "git refuses: \(first ?? "status \(status)")"
  }

  private static func text(_ data: Data) -> String {
    String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
