import ArgumentParser
import Experiments
import Files
import Foundation

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Examine this machine: is anything slower than it must be, or missing?",
    discussion: """
      In a few seconds, this command prints the CPU and its vector instructions, the kernels that \
      OpenBLAS uses and how fast they multiply matrices, memory and its bandwidth, free disk in the \
      current folder, gnuplot, libraries, and PyTorch; then what it found, with what to do about it. \
      Rates are the best of a quarter of a second. The rate of a product is compared with \
      multiplications and additions in registers, on the same threads, in this program's own \
      vector instructions. It writes no files. The exit status is 1 if something is broken, so \
      that commands fail or compute wrong numbers; advice on speed leaves it 0.

        recallbench doctor
        recallbench doctor --json
      """)

  @Flag(help: "Print JSON.")
  var json = false
  /// For another process of this command, which compares kernels.
  @Flag(help: .hidden)
  var onlySgemm = false

  func run() throws {
    if onlySgemm {
      print("\(BLASStart.choice.kernel) \(MachineRates(threads: 1).products())")
      return
    }
    let examination = Examination.ofThisMachine()
    let findings = Finding.all(examination)
    if json {
      let report = Report(machine: examination, findings: findings)
      print(String(decoding: try CanonicalJSON.encode(report, pretty: true), as: UTF8.self))
    } else {
      print(examination.text)
    }
    if findings.contains(where: { $0.weight == .broken }) { throw ExitCode(1) }
  }

  private struct Report: Encodable {
    let machine: Examination
    let findings: [Finding]
  }
}
