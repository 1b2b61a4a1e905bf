import ArgumentParser
import Experiments
import Files
import Foundation
import Tensors

/// Shows what is done about an OpenBLAS that does not know the CPU, on one that it knows.
struct BLASCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "blas",
    abstract: "Measure matrix products before and after the choice of OpenBLAS's kernels.",
    discussion: """
      One process computes with the kernels given, as the user's choice; another takes them for what \
      OpenBLAS chose by itself, and so starts again with better ones. They alternate, and each rate is \
      the best of the rounds.
      """)

  /// What main.swift looks for before anything else.
  static let asIfFallen = "--as-if-fallen"

  @Option(help: "The kernels that OpenBLAS falls back to on a CPU that it does not know.")
  var fallback = "Prescott"
  @Option(help: "Number of threads of the last column (default: all usable cores).")
  var threads: Int?
  @Option(help: "How often each process measures.")
  var rounds = 5
  /// Of the processes that measure.
  @Flag(help: .hidden)
  var measure = false
  @Flag(help: .hidden)
  var asIfFallen = false

  private var threadCounts: [Int] {
    Set([1, max(1, min(threads ?? Cores.available, 1024))]).sorted()
  }

  func validate() throws { try requirePositive([("rounds", rounds)]) }

  func run() throws {
    if measure { return print(row().line) }
    var (before, after) = (try ask([]), try ask([Self.asIfFallen]))
    for _ in 1..<rounds {
      before.improve(try ask([]))
      after.improve(try ask([Self.asIfFallen]))
    }
    print("| kernels | " + threadCounts.map { "GF/s on \($0)" }.joined(separator: " | ") + " | |")
    print("|---|" + threadCounts.map { _ in "---:|" }.joined() + "---|")
    for row in [before, after] {
      let rates = row.rates.map { String(format: "%.0f", $0) }.joined(separator: " | ")
      print("| \(row.kernel) | \(rates) | \(row.remark) |")
    }
  }

  private struct Row {
    var kernel: String
    var remark: String
    var rates: [Double]

    var line: String { ([kernel, remark] + rates.map { "\($0)" }).joined(separator: "\t") }

    mutating func improve(_ other: Row) { rates = zip(rates, other.rates).map(max) }
  }

  private func row() -> Row {
    let choice = BLASStart.choice
    return Row(
      kernel: choice.kernel.name, remark: choice.remark ?? "chosen by OpenBLAS",
      rates: threadCounts.map { MachineRates(threads: $0).products() })
  }

  private func ask(_ flags: [String]) throws -> Row {
    var child = Program(
      "/proc/self/exe",
      ["blas", "--measure", "--threads", "\(threadCounts.last ?? 1)"] + flags)
    child.environment["OPENBLAS_CORETYPE"] = fallback
    let outcome = try child.run()
    let parts = String(decoding: outcome.output, as: UTF8.self)
      .trimmingCharacters(in: .newlines).components(separatedBy: "\t")
    guard outcome.status == 0, parts.count > 2 else { throw UserError(outcome.errors) }
    return Row(
      kernel: parts[0], remark: parts[1], rates: parts.dropFirst(2).compactMap { Double($0) })
  }
}
