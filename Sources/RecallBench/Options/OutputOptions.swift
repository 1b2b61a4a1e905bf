import ArgumentParser
import Files

/// Whether files that options name may replace others.
struct OverwriteOptions: ParsableArguments {
  @Flag(help: "Overwrite existing files.")
  var force = false

  func file(_ path: String) -> OutputFile { OutputFile(path, replacesExisting: force) }
}
