import ArgumentParser
import Experiments
import Files
import Foundation

struct LossesNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write the source file of a loss of your own and its test.",
    discussion: """
      In RecallBench's source tree, this command writes Sources/Losses/<name>.swift and \
      Tests/LossesTests/<name>Tests.swift, adds the loss to LossRegistry.swift, and says what to \
      type next. The loss trains as it is; TODO marks where your code goes. With --package, the \
      command writes a separate package that depends on RecallBench instead. It never overwrites a \
      file.

        recallbench losses new MyLoss
        recallbench losses new MyLoss --package ../my-losses
      """)

  @Argument(help: "Name of the loss's Swift type, such as MyLoss; it is my_loss everywhere else.")
  var name: String
  @Option(
    help: ArgumentHelp(
      "Folder of a new package, instead of RecallBench's source tree.", valueName: "folder"))
  var package: String?

  func validate() throws {
    if package == "" { throw ValidationError("--package names no folder.") }
  }

  func run() throws {
    Interruption.install()
    let name = try NewLossName(type: name)
    if let package { try write(name, package: package) } else { try write(name) }
  }

  private func write(_ name: NewLossName) throws {
    guard let tree = SourceTree("") else {
      throw UserError(
        path: SourceTree.registry,
        problem: "is not below the current folder; run this in the top folder of RecallBench's "
          + "source tree, or write a separate package with --package FOLDER")
    }
    let template = LossTemplate.inTree(name)
    let source = "Sources/Losses/\(name.type).swift"
    let test = "Tests/LossesTests/\(name.type)Tests.swift"
    let files = [(source, template.source), (test, template.test)]
    try tree.checkIsFree(name, except: Dictionary(uniqueKeysWithValues: files))
    try NewFiles(
      added: files,
      replaced: (SourceTree.registry, try tree.registry(adding: name))
    ).write()
    print(
      """
      \(source)
      \(test)
      \(SourceTree.registry): lists it as \(name.notation)

      It trains as it is. Put your code where it says TODO, then run:

        make build
        .build/release/recallbench losses check \(name.notation)
        make compare LOSS=\(name.notation)
      """)
  }

  private func write(_ name: NewLossName, package: String) throws {
    guard let tree = SourceTree(FileManager.default.currentDirectoryPath) ?? SourceTree.compiledIn
    else {
      throw UserError(
        path: SourceTree.registry,
        problem: "is not below the current folder, and the source tree that this program was built "
          + "from is gone; run this in the top folder of one")
    }
    try tree.checkIsFree(name)
    let folder = package.hasSuffix("/") ? String(package.dropLast()) : package
    let template = LossTemplate.inPackage(name)
    let files = [
      ("Package.swift", LossTemplate.manifest(tree.root)), (".gitignore", LossTemplate.ignored),
      ("Sources/OwnLosses/\(name.type).swift", template.source),
      ("Sources/own-loss/main.swift", template.program),
      ("Tests/OwnLossesTests/\(name.type)Tests.swift", template.test),
    ]
    try NewFiles(added: files.map { ("\(folder)/\($0.0)", $0.1) }).write()
    #if arch(arm64)
      let flags = "-c release -Xcc -mcpu=native"
    #else
      let flags = "-c release -Xcc -march=native"
    #endif
    print(
      """
      \(files.map { "\(folder)/\($0.0)" }.joined(separator: "\n"))

      It trains as it is. Put your code where it says TODO, then run:

        cd \(shellQuoted(folder))
        swift build \(flags)
        .build/release/own-loss losses check \(name.notation)
        .build/release/own-loss compare --loss \(name.notation) \\
          --sweep \(shellQuoted(tree.path("benchmarks/sweeps/quick.yml"))) \\
          --baselines \(shellQuoted(tree.path("results/quick")))
      """)
  }
}
