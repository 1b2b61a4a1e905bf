import Foundation
import PackagePlugin

/// Writes the digests of the sources that decide a run's numbers into a target, each time one of
/// them has changed, so that a program always knows the code it was built from.
@main struct CodeDigest: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let root = context.package.directoryURL
    let sources = root.appending(path: "Sources")
    let names = FileManager.default.enumerator(atPath: sources.path)?.compactMap { $0 as? String }
    let files = (names ?? []).filter { $0.hasSuffix(".swift") || $0.hasSuffix(".py") }.sorted()
    let output = context.pluginWorkDirectoryURL.appending(path: "BuiltCode.swift")
    return [
      .buildCommand(
        displayName: "Digesting the sources",
        executable: try context.tool(named: "code-digest").url,
        arguments: [root.path, output.path],
        inputFiles: files.map { sources.appending(path: $0) }, outputFiles: [output])
    ]
  }
}
