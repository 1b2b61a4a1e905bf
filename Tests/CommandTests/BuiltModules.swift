import Foundation
import Tensors
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
    // What SwiftPM linked the command from, but for the command's own program.
    let list = folder.appending(path: "recallbench.product/Objects.LinkFileList")
    let objects = try String(contentsOf: list, encoding: .utf8).split(separator: "\n")
      .map { $0.trimmingCharacters(in: ["'", "\""]) }.filter {
        !$0.contains("/RecallBenchCommand.build/")
      }
    try swiftc(
      ["-module-name", "OwnProgram", "-o", program.path] + sources.map(\.path) + objects
        + flags(["--libs", "openblas", "libpng", "zlib"]), in: place)
  }

  private static func swiftc(_ arguments: [String], in place: URL) throws {
    let maps =
      ["CLanes", "COpenBLAS", "CPNG", "CZlib"].map {
        SwiftTool.root.appending(path: "Sources/\($0)")
      } + [yaml]
    let headers = try flags(["--cflags-only-I", "openblas", "libpng", "zlib"]).flatMap {
      ["-Xcc", $0]
    }
    let result = try SwiftTool.run(
      "swiftc",
      arguments: [
        "-swift-version", "6", "-I", ".", "-I", folder.appending(path: "Modules").path,
      ]
        + maps.flatMap { folder in
          ["-Xcc", "-fmodule-map-file=\(folder.appending(path: "module.modulemap").path)"]
        } + headers + lanes + arguments, in: place)
    try #require(result.status == 0, "\(result.errors.suffix(20))")
  }

  /// `CLanes` must give what the modules were compiled with.
  private static let lanes = ChannelLanes.scalarCount > 8 ? ["-Xcc", "-march=native"] : []

  private static func flags(_ arguments: [String]) throws -> [String] {
    try Command(
      ["pkg-config"] + arguments, in: SwiftTool.root, executable: URL(filePath: "/usr/bin/env")
    ).finish().output.split(whereSeparator: \.isWhitespace).map(String.init)
  }

  /// Where SwiftPM keeps the headers of Yams, which has a module in C.
  private static let yaml = folder.deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "checkouts/Yams/Sources/CYaml/include")

  /// As SwiftPM forms it from the folder's name.
  private static let packageName = String(
    SwiftTool.root.lastPathComponent.lowercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
}
