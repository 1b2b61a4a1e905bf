import Files
import Foundation
import Tensors

/// One way in for bytes that anybody may have written: what reads them, what they are made from, and
/// how they are changed so that changes get past checksums.
package struct FuzzTarget: Sendable {
  /// Also the name of the folder of found inputs, below `Tests/Fixtures/fuzz`.
  package let name: String
  /// What is read, for the table.
  package let title: String
  /// Memory that reading may take beside a fixed amount, in bytes for each byte of the input.
  package let memoryFactor: Int
  /// Inputs to begin with. The folder is that of the tests' fixtures.
  let seeds: @Sendable (_ fixtures: URL, FuzzPlace) throws -> [Data]
  let mutator: any Mutator
  /// Reads an input and returns in a few words what came of it.
  let run: @Sendable (Data, FuzzPlace) throws -> String

  package static let all = images + arrays + weights + texts + records + imports

  /// Those that show that the guard itself works.
  package static let selfTest = [
    FuzzTarget(
      name: "selftest", title: "a reader with one fault of each kind", memoryFactor: 1,
      seeds: { _, _ in ["sound", "Trap", "Error", "Memory", "Hang"].map { Data($0.utf8) } },
      mutator: ByteMutator(), run: SelfTest.run)
  ]

  package static func named(_ name: String) -> FuzzTarget? {
    (all + selfTest).first { $0.name == name }
  }

  /// What reading an input led to.
  package enum Outcome: Hashable, Sendable {
    case value(String)
    case refused(UserError)
    /// An error of a type that users would see as it is.
    case other(String)

    /// The same for inputs that led the same way, so that another one tells of new code reached.
    package var signature: String {
      switch self {
      case .value(let text): "value " + text
      case .refused(let error): "refused " + Self.withoutParticulars(error.problem)
      case .other(let text): "other " + text
      }
    }

    private static func withoutParticulars(_ text: String) -> String {
      let parts = text.split(omittingEmptySubsequences: false) { $0 == "'" || $0 == "\"" }
      let plain = parts.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
      return String(plain.joined(separator: "'").filter { !$0.isNumber && $0 != "-" }.prefix(160))
    }
  }

  package func outcome(_ input: Data, _ place: FuzzPlace) -> Outcome {
    do { return .value(try run(input, place)) } catch let error as UserError {
      return Self.isOneLine(error) ? .refused(error) : .other("a message of several lines")
    } catch { return .other("\(type(of: error)): \(String("\(error)".prefix(300)))") }
  }

  private static func isOneLine(_ error: UserError) -> Bool {
    !error.description.hasHiddenCharacters
  }
}

/// Where a target may write the files that its readers open.
package struct FuzzPlace: Sendable {
  package let folder: URL

  /// Creates an empty folder, in memory where there is such a file system.
  package init() throws {
    let shared = "/dev/shm"
    let base =
      access(shared, W_OK) == 0 ? URL(filePath: shared) : FileManager.default.temporaryDirectory
    folder = base.appending(path: "recallbench-fuzz-\(getpid())-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  package func file(_ name: String) -> URL { folder.appending(path: name) }

  package func remove() { try? FileManager.default.removeItem(at: folder) }

  /// Writes without a flush to the disk.
  func write(_ data: Data, to name: String) throws -> URL {
    let url = file(name)
    try data.write(to: url)
    return url
  }
}

/// Seeded changes of an input.
protocol Mutator: Sendable {
  /// - Parameter other: another input of the target.
  func mutate(_ input: Data, with other: Data, _ random: inout RandomSource) -> Data
}

/// The sequence of a target's inputs. Inputs that led where no input has led before are kept, and are
/// changed further.
package struct FuzzSequence {
  private let target: FuzzTarget
  private let seed: UInt64
  private var corpus: [Data]
  private var seen: Set<String> = []
  private var unchanged: Int
  private(set) var drawn: Int

  /// Larger ones only take longer.
  package static let mostBytes = 1 << 16
  private static let mostKept = 600

  /// - Parameter start: inputs drawn before, by a worker that ended.
  package init(_ target: FuzzTarget, fixtures: URL, place: FuzzPlace, seed: UInt64, start: Int)
    throws
  {
    (self.target, self.seed, drawn) = (target, seed, start)
    let found = try Self.files(fixtures.appending(path: "fuzz/\(target.name)"))
    corpus = (try target.seeds(fixtures, place) + found).filter { $0.count <= Self.mostBytes }
    // The first of all inputs are the corpus as it is.
    unchanged = min(start, corpus.count)
  }

  package static func files(_ folder: URL) throws -> [Data] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return try names.sorted().map { try Data(contentsOf: folder.appending(path: $0)) }
  }

  package mutating func next() -> Data {
    drawn += 1
    if unchanged < corpus.count {
      unchanged += 1
      return corpus[unchanged - 1]
    }
    var random = RandomSource(seed: seed, purpose: target.name, counter: UInt64(drawn))
    var input = corpus[random.below(corpus.count)]
    for _ in 0...random.below(3) {
      input = target.mutator.mutate(input, with: corpus[random.below(corpus.count)], &random)
    }
    return input.prefix(Self.mostBytes)
  }

  /// - Returns: whether the outcome is a new one.
  @discardableResult
  package mutating func learn(_ input: Data, _ outcome: FuzzTarget.Outcome) -> Bool {
    guard seen.insert(outcome.signature).inserted else { return false }
    if corpus.count < Self.mostKept, unchanged >= corpus.count {
      corpus.append(input)
      unchanged += 1
    }
    return true
  }
}

/// Faults that the driver must find.
private enum SelfTest {
  struct Unexpected: Error {}

  static func run(_ input: Data, _ place: FuzzPlace) throws -> String {
    switch input.first {
    case UInt8(ascii: "T"): return "\([1][input.count])"
    case UInt8(ascii: "E"): throw Unexpected()
    case UInt8(ascii: "U"): throw UserError("refused")
    case UInt8(ascii: "M"): return "\([UInt8](repeating: 1, count: 1 << 29).reduce(0, &+))"
    case UInt8(ascii: "H"): while true { sleep(1) }
    default: return "\(input.count % 3)"
    }
  }
}
