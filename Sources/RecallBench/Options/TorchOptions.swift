import ArgumentParser
import Experiments
import Files
import Foundation

/// Losses written in PyTorch.
struct TorchOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Loss written in PyTorch: a function, torch.nn.Module or other callable in a Python file "
        + "that takes logits [N, C, H, W] and labels [N, H, W]; parameters as in "
        + "\"my_losses.py:MyLoss(alpha=0.3)\" (docs/own-loss.md).",
      valueName: "PATH.py:NAME"), completion: .file(extensions: ["py"]))
  var torch: [String] = []

  /// - Throws: `UserError` if one is not PATH.py:NAME or its file cannot be read.
  func files() throws -> [TorchLossFile] { try torch.map { try TorchLossFile($0) } }

  /// Checks that exactly one loss is given, either way.
  func requireOne(besides loss: String?, _ option: String) throws {
    guard torch.count + (loss == nil ? 0 : 1) == 1 else {
      throw ValidationError("Give one loss, by \(option) or by --torch PATH.py:NAME.")
    }
  }

  /// The one loss.
  /// - Throws: `UserError` if there is no such loss or its file cannot be read.
  func choice(besides loss: String?) throws -> LossChoice {
    if let file = try files().first { return .torch(file) }
    return try LossChoice(loss ?? "")
  }
}

/// The Python that computes losses written in PyTorch.
struct PythonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Python with PyTorch (default: RECALLBENCH_PYTHON, else python3).", valueName: "path"),
    completion: .file())
  var python: String?
  @Option(
    help: ArgumentHelp(
      "Seconds that an evaluation of a PyTorch loss may take; the first one and the start of "
        + "Python may take five times as long.", valueName: "seconds"))
  var torchTimeout: Double = 120

  func validate() throws {
    guard torchTimeout > 0, torchTimeout <= 1e6 else {
      throw ValidationError("--torch-timeout must be above 0 and at most 1000000.")
    }
  }

  var setup: TorchSetup {
    TorchSetup(python: python, limits: TorchLimits(step: torchTimeout))
  }
}
