import ArgumentParser
import Experiments
import Files
import Foundation
import Losses

struct LossesCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Test a loss's gradient, ignored pixels, absent classes, threads and more.",
    discussion: """
      This command prints one line for each property: whether it holds, fails or is not claimed by \
      the loss's card, with what was measured. Below a failure it says where to look. A loss \
      whose gradient is zero everywhere, such as one minus the recall of an argmax, gets a warning \
      that it cannot be trained with. It is the first thing to run on a loss of your own. The exit \
      status is 1 if a property fails.

        recallbench losses check "focal(gamma: 2)"
        recallbench losses check --torch my_losses.py:MyLoss
      """)

  @Argument(help: "Loss, such as recall or \"focal(gamma: 2)\".")
  var loss: String?
  @OptionGroup(title: "PyTorch") var torch: TorchOptions

  func validate() throws { try torch.requireOne(besides: loss, "name") }

  func run() throws {
    let name: String
    let conformance: LossConformance
    if let file = try torch.files().first {
      name = file.notation
      conformance = try LossConformance(file, torch.setup, threads: 1)
    } else {
      let specification = try LossSpecification(parsing: loss ?? "")
      name = specification.description
      conformance = LossConformance(specification)
    }
    let findings = try conformance.check()
    print(name)
    let width = findings.map(\.property.count).max() ?? 0
    for finding in findings {
      let outcome = finding.outcome.rawValue.padding(toLength: 13, withPad: " ", startingAt: 0)
      let property = finding.property.padding(toLength: width + 2, withPad: " ", startingAt: 0)
      print("  " + outcome + property + finding.measured)
      if [.fail, .warning].contains(finding.outcome) { print("               \(finding.advice)") }
    }
    let failed = findings.count { $0.outcome == .fail }
    let measured = findings.count { $0.outcome != .warning }
    print(failed == 0 ? "all claimed properties hold" : "\(failed) of \(measured) fail")
    if failed > 0 { throw ExitCode.failure }
  }
}
