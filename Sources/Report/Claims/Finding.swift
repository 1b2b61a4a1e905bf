import Files
import Statistics

/// The verdict on a statement in one panel.
struct Finding: Hashable {
  enum Verdict: String, CaseIterable {
    case supported, contradicted, inconclusive
    /// Both losses score 0 on what the statement is about.
    case untestable = "not testable"
    /// There are runs, but nothing is known of how two trainings with the same loss would differ.
    case oneSeed = "one seed: no verdict"
    /// Runs are missing, or the statement is about something else.
    case untested = "not tested"

    /// A sign that tells verdicts apart without color.
    var sign: String {
      switch self {
      case .supported: "✓"
      case .contradicted: "✗"
      case .inconclusive: "?"
      case .untestable: "∅"
      case .oneSeed: "①"
      case .untested: dash
      }
    }

    /// `✓ supported`, for readers.
    var text: String { "\(sign) \(rawValue)" }

    /// Whether the runs tell something about the statement.
    var isDecided: Bool { self == .supported || self == .contradicted }
  }

  var verdict: Verdict
  /// The numbers that the verdict rests on, or what is missing.
  var numbers: [String]
  /// The one that decides; nil where no single number does.
  var deciding: Deciding?

  /// A number that a verdict rests on.
  struct Deciding: Hashable {
    /// What is measured, such as `recall - ce, mean IoU`.
    var what: String
    /// In percentage points, with its interval or p-value.
    var number: String
    /// How far the number, or the end of its interval that counts, lies within what the statement
    /// asks for: negative where it does not. A fraction of 1.
    var slack: Double

    /// `recall - ce, mean IoU +0.77 [-0.91, +2.44]`
    var text: String { number.isEmpty ? what : "\(what) \(number)" }
  }

  static func untested(_ reason: String) -> Finding {
    Finding(verdict: .untested, numbers: [reason])
  }

  /// In the order in which one of several parts decides for all.
  private static let precedence: [Verdict] = [
    .untested, .oneSeed, .contradicted, .untestable, .inconclusive,
  ]

  /// A statement of several parts is supported if all are; it is contradicted if one is.
  static func all(_ parts: [Finding]) -> Finding {
    let verdicts = parts.map(\.verdict)
    let verdict: Verdict =
      verdicts.isEmpty ? .untested : precedence.first { verdicts.contains($0) } ?? .supported
    // Of the parts with this verdict, the one nearest to failing, or furthest from holding.
    let deciding = parts.filter { $0.verdict == verdict }.compactMap(\.deciding)
      .min { $0.slack < $1.slack }
    return Finding(verdict: verdict, numbers: parts.flatMap(\.numbers), deciding: deciding)
  }
}
