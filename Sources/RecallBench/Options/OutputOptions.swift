import ArgumentParser
import Files

/// Whether files that options name may replace others.
struct OverwriteOptions: ParsableArguments {
  @Flag(help: "Overwrite existing files.")
  var force = false

  func file(_ path: String, _ kind: OutputFile.Kind? = nil) -> OutputFile {
    OutputFile(path, replacesExisting: force, kind: kind)
  }
}
