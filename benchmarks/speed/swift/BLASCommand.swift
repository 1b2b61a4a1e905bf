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
      One process computes with the kernels given, as the user's choice; a second one takes them for \
      what OpenBLAS chose by itself, and so starts again with better ones.
      """)

  /// What main.swift looks for before anything else.
  static let asIfFallen = "--as-if-fallen"

  @Option(help: "The kernels that OpenBLAS falls back to on a CPU that it does not know.")
  var fallback = "Prescott"
  @Option(help: "Number of threads of the last column (default: all usable cores).")
  var threads: Int?
  /// Of the processes that measure.
  @Flag(help: .hidden)
  var measure = false
  @Flag(help: .hidden)
  var asIfFallen = false

  func run() throws {
    let threads = max(1, min(threads ?? Cores.available, 1024))
    if measure { return try printRates(threads) }
    print("kernels         GF/s on 1 thread  on \(threads)")
    for flags in [[], [Self.asIfFallen]] {
      var child = Program(
        "/proc/self/exe", ["blas", "--measure", "--threads", "\(threads)"] + flags)
      child.environment["OPENBLAS_CORETYPE"] = fallback
      let outcome = try child.run()
      guard outcome.status == 0 else { throw UserError(outcome.errors) }
      print(String(decoding: outcome.output, as: UTF8.self), terminator: "")
    }
  }

  private func printRates(_ threads: Int) throws {
    let choice = BLASStart.choice
    let rates = Set([1, threads]).sorted().map { MachineRates(threads: $0).products() }
    let numbers = rates.map { String(format: "%.0f", $0) }.joined(separator: "  ")
    print("\(choice.kernel)  \(numbers)" + (choice.remark.map { "  \($0)" } ?? ""))
  }
}
