import ArgumentParser
import Datasets
import Experiments
@_exported import Files
import Foundation
@_exported import Losses
import Report
@_exported import Tensors

/// The `recallbench` command for a program that adds its own losses.
///
/// A package that depends on RecallBench needs only one import for both its losses and its program:
///
///     import RecallBench
///
///     Harness.run(losses: [MyLoss.descriptor])
///
/// See `Loss` for what a loss is, `LossDescriptor` for how it is described, `LossConformance` for
/// its test, and docs/own-loss.md for a whole package.
public enum Harness {
  /// Registers losses, then runs the command line as `recallbench` does.
  ///
  /// Sweep files, options and weighted sums then recognize the losses by name. Call this function
  /// once, as the last statement of a program. It returns if everything went well. Otherwise it ends
  /// the process: with status 1 after a line on standard error, 64 if the command line is invalid, or
  /// 130 if it was interrupted. A descriptor that `LossRegistry.register` refuses also ends it with
  /// status 1 and a line.
  ///
  /// A run's record has a digest of RecallBench's sources. It does not cover these losses.
  ///
  /// - Parameter losses: in the order in which lists show them, after those of RecallBench.
  public static func run(losses: [LossDescriptor] = []) {
    // Our own errors become one line here; the parser's errors concern usage (status 64).
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
