import ArgumentParser
import Experiments
import Files
import Foundation
import Losses

struct LossesCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Test a loss's gradient, ignored pixels, absent classes, threads, and more.",
    discussion: """
      This command prints one line for each property: whether it holds, fails, or is not claimed \
      by the loss's card, and what was measured. Labels are drawn as regions, so that a boundary \
      or region loss shows what it does. Below a failure it says where to look, in terms of the \
      language in which the loss is written. A loss whose gradient is zero everywhere, such as one \
      minus the recall of an argmax, gets a warning that it cannot be used for training. Run this \
      command first on a loss of your own. The exit status is 1 if a property fails, or if the \
      loss is random, so that none can be checked.

        recallbench losses check "focal(gamma: 2)"
        recallbench losses check \\
          "benchmarks/own-loss/my_losses.py:FocalTversky(alpha=0.3)"
      """)

  @Argument(
    help: "Loss, such as recall, \"focal(gamma: 2)\" or my_losses.py:MyLoss(alpha=0.3).",
    completion: .list(LossRegistry.all.map(\.name)))
  var loss: String?
  @OptionGroup var torch: TorchOptions
  @OptionGroup(title: "PyTorch") var python: PythonOptions

  func validate() throws { try torch.requireOne(besides: loss, "name") }

  func run() throws {
    let choice = try torch.choice(besides: loss)
    let conformance =
      switch choice {
      case .torch(let file): try LossConformance(file, python.setup, threads: 1)
      case .registered(let notation):
        LossConformance(try LossSpecification(parsing: notation))
      }
    let findings = try conformance.check()
    print(choice.notation)
    let width = findings.map(\.property.count).max() ?? 0
    for finding in findings {
      let outcome = finding.outcome.rawValue.padding(toLength: 13, withPad: " ", startingAt: 0)
      let property = finding.property.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      print("  " + outcome + property + finding.measured)
      if [.fail, .warning].contains(finding.outcome) { print("               \(finding.advice)") }
    }
    let failed = findings.count { $0.outcome == .fail }
    let measured = findings.count { ![.warning, .note].contains($0.outcome) }
    print(verdict(failed: failed, of: measured))
    if failed > 0 || measured == 0 { throw ExitCode.failure }
  }

  private func verdict(failed: Int, of measured: Int) -> String {
    if measured == 0 { return "no property could be checked" }
    return failed == 0 ? "all claimed properties hold" : "\(failed) of \(measured) fail"
  }
}
