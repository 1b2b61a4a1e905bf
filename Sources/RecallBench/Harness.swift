import ArgumentParser
import Datasets
import Experiments
@_exported import Files
import Foundation
@_exported import Losses
import Report
@_exported import Tensors

/// The `recallbench` command, for a program with losses of its own.
///
/// A package that depends on RecallBench needs one import for both, its losses and its program:
///
///     import RecallBench
///
///     Harness.run(losses: [MyLoss.descriptor])
///
/// See `Loss` for what a loss is, `LossDescriptor` for what is said of it, `LossConformance` for its
/// test, and docs/own-loss.md for a whole package.
public enum Harness {
  /// Registers losses, then does what the command line asks for, as `recallbench` does.
  ///
  /// Sweep files, options and weighted sums know the losses by their names. Call it once, as the last
  /// statement of a program: it returns when all went well, and else ends the process, with status 1
  /// after a line on standard error, 64 if the command is called wrongly, 130 if it was interrupted.
  /// A descriptor that `LossRegistry.register` refuses is such a line.
  ///
  /// A run's record has a digest of RecallBench's sources. It says nothing of the code of these
  /// losses.
  ///
  /// - Parameter losses: in the order in which lists show them, after those of RecallBench.
  public static func run(losses: [LossDescriptor] = []) {
    // Every error of ours becomes one line here; the parser's own are about usage (status 64).
    do {
      for loss in losses { try LossRegistry.register(loss) }
      var command = try RootCommand.parseAsRoot(
        DataOptions.expandingShortForms(Array(CommandLine.arguments.dropFirst())))
      try command.run()
    } catch {
      switch error {
      case is UserError: fail(error)
      default: RootCommand.exit(withError: error)
      }
    }
  }

  /// Ends the process with one line on standard error.
  private static func fail(_ error: any Error) -> Never {
    FileHandle.standardError.write(Data("error: \(oneLine(error))\n".utf8))
    Foundation.exit(1)
  }
}
