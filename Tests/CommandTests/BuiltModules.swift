import Foundation
import Testing

/// The modules and object files beside the test program: what they offer is compiled and linked
/// against without being built a second time.
enum BuiltModules {
  private static let folder = Command.executable.deletingLastPathComponent()

  /// Compiles sources, warnings as errors, and leaves their module in a folder, whose modules come
  /// before those beside the test program.
  /// - Parameter isInPackage: as a target of RecallBench's package; otherwise only what is public can
  ///   be seen.
  static func compile(
    _ sources: [URL], as module: String, into place: URL, isInPackage: Bool
  ) throws {
    try swiftc(
      ["-emit-module", "-module-name", module, "-parse-as-library", "-warnings-as-errors", "-wmo"]
        + (isInPackage ? ["-package-name", packageName] : []) + sources.map(\.path), in: place)
  }

  /// Links a program out of sources, with modules of a folder and all of RecallBench.
  static func link(_ sources: [URL], into program: URL, in place: URL) throws {
    let names = [
      "ArgumentParser", "ArgumentParserToolInfo", "CYaml", "Checkpoints", "Datasets",
      "Experiments", "Files", "Losses", "Metrics", "Models", "RecallBench", "Report", "Scenes",
      "Statistics", "Tensors", "Yams",
    ]
    let objects = try names.flatMap { name in
      let folder = folder.appending(path: "\(name).build")
      return try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        .filter { $0.hasSuffix(".o") }.map { folder.appending(path: $0).path }
    }
    try swiftc(
      ["-module-name", "OwnProgram", "-o", program.path] + sources.map(\.path) + objects
        + flags(["--libs", "openblas", "libpng"]), in: place)
  }

  private static func swiftc(_ arguments: [String], in place: URL) throws {
    let maps = ["COpenBLAS", "CPNG"].flatMap { name in
      let map = SwiftTool.root.appending(path: "Sources/\(name)/module.modulemap").path
      return ["-Xcc", "-fmodule-map-file=\(map)"]
    }
    let headers = try flags(["--cflags-only-I", "openblas", "libpng"]).flatMap { ["-Xcc", $0] }
    let result = try SwiftTool.run(
      "swiftc",
      arguments: [
        "-swift-version", "6", "-I", ".", "-I", folder.appending(path: "Modules").path,
      ] + maps + headers + arguments, in: place)
    try #require(result.status == 0, "\(result.errors.suffix(20))")
  }

  private static func flags(_ arguments: [String]) throws -> [String] {
    try Command(
      ["pkg-config"] + arguments, in: SwiftTool.root, executable: URL(filePath: "/usr/bin/env")
    ).finish().output.split(whereSeparator: \.isWhitespace).map(String.init)
  }

  /// As SwiftPM forms it from the folder's name.
  private static let packageName = String(
    SwiftTool.root.lastPathComponent.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
}
