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
  /// the process: after one line on standard error, with status 1, or 64 if the command line is invalid,
  /// or with 130 if it was interrupted. A descriptor that `LossRegistry.register` refuses also ends it
  /// with status 1 and a line, and so do results that standard output did not take.
  ///
  /// On a CPU that OpenBLAS does not know, the program starts once more from its beginning, with better
  /// kernels (docs/performance.md): what it does before this call, it does twice.
  ///
  /// A run's record has a digest of RecallBench's sources and, because that does not cover these
  /// losses, one of the program: a finished run of one of them made by another build is not taken for
  /// one of this build.
  ///
  /// - Parameter losses: in the order in which lists show them, after those of RecallBench.
  public static func run(losses: [LossDescriptor] = []) {
    requireCPUOfBuild()
    StandardStreams.prepare()
    do {
      try ArgumentEncoding.check()
      try OpenFiles.require()
      try BLASStart.settle()
      try Launch.connect(Array(CommandLine.arguments.dropFirst()))
      for loss in losses { try LossRegistry.register(loss) }
      var command = try parse(Array(CommandLine.arguments.dropFirst()))
      try command.run()
      Launch.finish()
    } catch { Launch.end(Ending(error)) }
    if let ending = Ending.ofLostResults { ending.exit() }
  }

  private static func parse(_ arguments: [String]) throws -> any ParsableCommand {
    let arguments = arguments.map { expandingHomes($0) }
    try CommandTree.checkSubcommands(arguments)
    return try RootCommand.parseAsRoot(DataOptions.expandingShortForms(arguments))
  }
}

// For tests of what documentation says.
extension Harness {
  /// Parses a command line, without its first word, and does nothing else.
  /// - Throws: `UserError` with the line that the user would get.
  package static func check(arguments: [String]) throws(UserError) {
    do { _ = try parse(arguments) } catch {
      let ending = Ending(error)
      if ending.status != Ending.helpStatus { throw UserError(ending.text) }
    }
  }

  /// The words of a command line as a program gets them.
  package static func words(_ line: String) -> [String] { ShellWords(line).values }

  /// The help of every command, with the words that call it.
  package static var helpTexts: [(command: String, text: String)] {
    CommandTree.all.map { path, type in
      let help = RootCommand.helpMessage(for: type, columns: 80)
      return (
        path.joined(separator: " "), HelpText(help, program: ".build/release/recallbench").text
      )
    }
  }
}
