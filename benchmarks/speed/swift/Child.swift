import Experiments
import Files
import Foundation

/// A `recallbench-speed serve` process, which has its own memory.
final class Child {
  private let process = Process()
  private let requests = Pipe()
  private let answers = Pipe()
  private var unread = Data()

  init() throws {
    process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["serve"]
    process.standardInput = requests
    process.standardOutput = answers
    try process.run()
  }

  deinit {
    // Closing its input would not suffice: children started later also hold the pipe open.
    try? requests.fileHandleForWriting.write(contentsOf: Data("quit\n".utf8))
    process.waitUntilExit()
  }

  /// - Returns: the numbers of the answer.
  /// - Throws: `UserError` with the child's own message, or if the child has ended.
  @discardableResult
  func ask(_ request: String) throws -> [Double] {
    try requests.fileHandleForWriting.write(contentsOf: Data((request + "\n").utf8))
    while true {
      if let end = unread.firstIndex(of: 10) {
        let line = String(decoding: unread[..<end], as: UTF8.self)
        unread = Data(unread[unread.index(after: end)...])
        let words = line.split(separator: " ")
        guard words.first == "ok" else { throw UserError("\(request): \(line)") }
        return words.dropFirst().compactMap { Double($0) }
      }
      let more = answers.fileHandleForReading.availableData
      guard !more.isEmpty else { throw UserError("\(request): the process ended") }
      unread += more
    }
  }

  /// Seconds of a request that answers with milliseconds.
  func time(_ request: String) throws -> Double { try ask(request).first.map { $0 * 1e-3 } ?? .nan }

  func peakBytes() throws -> Int { try ask("rss").first.map { Int($0) } ?? 0 }
}
