import ArgumentParser
import Datasets
import Experiments
import Files
import Foundation
import Losses
import Models
import Tensors

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Run single steps on request, so that a driver can alternate with others.",
    discussion: """
      Each line of standard input is a request, and each line of standard output is an answer: \
      `ok` and numbers, or `error` and the reason.

        train [ARCHITECTURE] BACKBONE WIDTH BATCH ROWS COLUMNS THREADS  -> ok
        evaluation [ARCHITECTURE] BACKBONE WIDTH BATCH ROWS COLUMNS THREADS  -> ok
        losses BATCH ROWS COLUMNS CLASSES THREADS  -> ok
        step  -> ok MILLISECONDS LOSS
        steps SECONDS  -> ok STEPS SECONDS LOSS (as many as start within that time)
        pass  -> ok MILLISECONDS LOGIT
        loss NOTATION  -> ok MILLISECONDS VALUE
        rss  -> ok BYTES (the largest so far)
        allocated  -> ok FLOATS (asked of the system so far)
        faults  -> ok PAGES (minor page faults so far)
        parameters  -> ok COUNT (of the network)
        environment  -> ok JSON (of this program and the machine)
        quit

      The architecture is deeplabv3 unless it is given.
      """)

  func run() {
    var server = Server()
    while let line = readLine() {
      if line == "quit" { return }
      var answer: String
      do {
        let words = line.split(separator: " ").map(String.init)
        answer = (["ok"] + (try server.answer(words))).joined(separator: " ")
      } catch {
        answer = "error \(oneLine(error))"
      }
      // `print` would hold lines back when a program reads them.
      FileHandle.standardOutput.write(Data((answer + "\n").utf8))
    }
  }
}

/// What has been set up, and how requests are answered.
private struct Server {
  private enum Session {
    case training(TrainingSession)
    case evaluation(EvaluationSession)
    case losses(LossSession)
  }
  private var session: Session?
  private var losses: [String: any Loss] = [:]

  mutating func answer(_ words: [String]) throws -> [String] {
    let rest = Array(words.dropFirst())
    switch (words.first ?? "", session) {
    case ("train", _):
      let (networkCase, threads) = try readCase(rest)
      session = .training(try TrainingSession(networkCase, threads: threads))
      return []
    case ("evaluation", _):
      let (networkCase, threads) = try readCase(rest)
      session = .evaluation(EvaluationSession(networkCase, threads: threads))
      return []
    case ("losses", _):
      let n = try positive(rest, count: 5)
      guard (2...255).contains(n[3]) else { throw UserError("classes must be from 2 to 255") }
      session = .losses(
        LossSession(batch: n[0], rows: n[1], columns: n[2], classes: n[3], threads: n[4]))
      losses = [:]
      return []
    case ("step", .training(let session)): return try timed { try session.step() }
    case ("steps", .training(let session)): return try steps(session, rest)
    case ("pass", .evaluation(let session)): return timed { session.pass() }
    case ("loss", .losses(let session)):
      let notation = rest.joined(separator: " ")
      let loss = try losses[notation] ?? session.loss(notation)
      losses[notation] = loss
      return try timed { try session.evaluate(loss) }
    case ("rss", _): return ["\(peakResidentBytes())"]
    case ("faults", _): return ["\(minorPageFaults())"]
    case ("allocated", .some(let session)): return ["\(compute(session).cache.allocatedFloats)"]
    case ("parameters", .training(let session)):
      return ["\(session.trainer.network.parameterCount)"]
    case ("parameters", .evaluation(let session)): return ["\(session.network.parameterCount)"]
    case ("environment", _):
      return [String(decoding: try CanonicalJSON.encode(Machine(threads: 1)), as: UTF8.self)]
    default: throw UserError("cannot do '\(words.joined(separator: " "))' now")
    }
  }

  private func compute(_ session: Session) -> Compute {
    switch session {
    case .training(let session): session.compute
    case .evaluation(let session): session.compute
    case .losses(let session): session.compute
    }
  }

  /// Training steps one after another, so that several processes can be told to work at once.
  private func steps(_ session: TrainingSession, _ words: [String]) throws -> [String] {
    guard words.count == 1, let limit = Double(words[0]), limit > 0, limit <= 3600 else {
      throw UserError("seconds from 0 to 3600 are needed, not '\(words)'")
    }
    var (count, elapsed, loss) = (0, 0.0, 0.0)
    while elapsed < limit {
      elapsed += try seconds { loss = try session.step() }
      count += 1
    }
    return ["\(count)", "\(elapsed)", "\(loss)"]
  }

  private func timed(_ body: () throws -> Double) rethrows -> [String] {
    var value = 0.0
    let time = try seconds { value = try body() }
    return ["\(time * 1e3)", "\(value)"]
  }

  private func positive(_ words: [String], count: Int) throws -> [Int] {
    let numbers = words.compactMap { Int($0) }.filter { (1...65536).contains($0) }
    guard words.count == count, numbers.count == count else {
      throw UserError("\(count) numbers from 1 to 65536 are needed, not '\(words)'")
    }
    return numbers
  }

  private func readCase(_ words: [String]) throws -> (NetworkCase, threads: Int) {
    let architecture = words.first.flatMap { Architecture(rawValue: $0) }
    let words = Array(words.dropFirst(architecture == nil ? 0 : 1))
    guard words.count == 6, let backbone = Backbone(rawValue: words[0]),
      let width = Double(words[1]), width > 0, width <= 4
    else {
      throw UserError(
        "[ARCHITECTURE] BACKBONE WIDTH BATCH ROWS COLUMNS THREADS are needed, not '\(words)'")
    }
    let n = try positive(Array(words[2...]), count: 4)
    let networkCase = NetworkCase(
      architecture: architecture ?? .deeplabv3, backbone: backbone, width: width, batch: n[0],
      rows: n[1], columns: n[2])
    return (networkCase, n[3])
  }
}
