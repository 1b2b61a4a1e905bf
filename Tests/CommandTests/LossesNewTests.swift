import Foundation
import Testing

/// `losses new`, in a copy of the files that it looks at.
@Suite("A new loss, by the command")
struct LossesNewTests {
  private let place: Workplace
  /// The copy of the source tree.
  private var tree: URL { place.file("tree") }
  private static let registry = "Sources/Losses/Registry/LossRegistry.swift"

  init() throws {
    place = try Workplace()
    for folder in ["Sources", "Tests/LossesTests"] {
      try FileManager.default.createDirectory(
        at: tree.appending(path: folder), withIntermediateDirectories: true)
    }
    for name in ["Package.swift", "Sources/Losses", "Tests/LossesTests/Batch.swift"] {
      try FileManager.default.copyItem(
        at: SwiftTool.root.appending(path: name), to: tree.appending(path: name))
    }
  }

  private func new(_ arguments: [String], limit: Int? = nil) throws -> Command.Result {
    try Command.run(["losses", "new"] + arguments, in: tree, limit: limit)
  }

  private func text(_ name: String) throws -> String {
    try String(contentsOf: tree.appending(path: name), encoding: .utf8)
  }

  private func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: tree.appending(path: name))
  }

  /// Every file and folder below the tree; the files with what is in them.
  private func contents() throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: tree.path)
    return Dictionary(
      uniqueKeysWithValues: names.map { name in
        (name, FileManager.default.contents(atPath: tree.appending(path: name).path) ?? Data())
      })
  }

  /// Checks that nothing is written, and returns the line that says why.
  private func refusal(_ arguments: [String], limit: Int? = nil) throws -> String {
    let before = try contents()
    let result = try new(arguments, limit: limit)
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    #expect(result.errors.count == 1, "\(result.errors)")
    #expect(try contents() == before, "\(arguments)")
    return result.errors.first ?? ""
  }

  @Test func writesSourceTestAndTheLineOfTheRegistry() throws {
    let (before, registry) = (try contents(), try text(Self.registry))
    let result = try new(["TrialLoss"])
    #expect(result.status == 0, "\(result.errors)")
    let source = "Sources/Losses/TrialLoss.swift"
    let test = "Tests/LossesTests/TrialLossTests.swift"
    #expect(
      result.output == """
        \(source)
        \(test)
        \(Self.registry): lists it as trial_loss

        It trains as it is. Put your code where it says TODO, then run:

          make build
          .build/release/recallbench losses check trial_loss
          make compare LOSS=trial_loss

        """)
    let after = try contents()
    #expect(Set(after.keys) == Set(before.keys).union([source, test]))
    #expect(before.allSatisfy { $0.key == Self.registry || after[$0.key] == $0.value })
    let end = "\n  ]\n\n  private static let registered"
    #expect(registry.contains(",\(end)"))
    #expect(
      try text(Self.registry)
        == registry.replacing(end, with: "\n    TrialLoss.descriptor,\(end)"))
    #expect(try text(source).contains("name: \"trial_loss\""))
  }

  @Test(arguments: [
    ("A", "a"), ("FocalDiceLoss", "focal_dice_loss"), ("CELoss", "ce_loss"), ("Poly1", "poly1"),
    ("MyIoU2", "my_io_u2"),
  ])
  func notationIsTheNameInLowerCase(type: String, notation: String) throws {
    let result = try new([type])
    #expect(result.output.contains("lists it as \(notation)\n"), "\(result.errors)")
  }

  @Test func namesThatCannotBeUsed() throws {
    let long = String(repeating: "A", count: 51)
    for name in ["myLoss", "My-Loss", "", "My Loss", "../My", "ÄLoss", long] {
      #expect(
        try refusal([name])
          == "error: \"\(name)\" is not a valid name for a loss's type; use a capital letter, "
          + "then letters and digits, at most 50 in all, such as MyLoss")
    }
    #expect(
      try refusal(["Double"])
        == "error: Double means something else in Swift or here; choose another name")
    #expect(try refusal(["Recall"]) == "error: there is already a loss recall; choose another name")
    #expect(
      try refusal(["LossInput"])
        == "error: Sources/Losses/LossInput.swift: already has LossInput; choose another name")
    #expect(
      try refusal(["FocalLoss"])
        == "error: Sources/Losses/FocalLoss.swift: already has FocalLoss; choose another name")
    // In a folder below.
    #expect(
      try refusal(["LossParameter"])
        == "error: Sources/Losses/Registry/LossParameter.swift: already has LossParameter; choose "
        + "another name")
  }

  @Test func whatIsThereIsKept() throws {
    #expect(try new(["TrialLoss"]).status == 0)
    #expect(
      try refusal(["TrialLoss"])
        == "error: Sources/Losses/TrialLoss.swift: already has TrialLoss; choose another name")
    // The notation is taken by a loss that this program does not know yet.
    #expect(
      try refusal(["TrialLOSS"])
        == "error: Sources/Losses/TrialLoss.swift: already has trial_loss; choose another name")
    try write("", "Tests/LossesTests/OtherTests.swift")
    #expect(
      try refusal(["Other"])
        == "error: Tests/LossesTests/OtherTests.swift: already exists; choose another name")
    try FileManager.default.createSymbolicLink(
      atPath: tree.appending(path: "Sources/Losses/Third.swift").path,
      withDestinationPath: "nowhere.swift")
    let line = try refusal(["Third"])
    #expect(line.contains("/tree/Sources/Losses/Third.swift: is a link to "), "\(line)")
    #expect(line.contains("nowhere.swift, which does not exist"), "\(line)")
  }

  @Test func nothingIsLeftHalfWritten() throws {
    // The new files fit below the limit, the registry does not.
    #expect(
      try refusal(["TrialLoss"], limit: 4)
        .hasSuffix(
          "/tree/\(Self.registry): cannot write: File too large; raise the file size limit "
            + "(ulimit -f), then rerun the same command"))
    #expect(try text(Self.registry).utf8.count > 4096)
    try FileManager.default.removeItem(at: tree.appending(path: "Tests"))
    try write("", "Tests")
    #expect(try refusal(["TrialLoss"]).contains("/tree/Tests: is a file, not a folder"))
    try FileManager.default.removeItem(at: tree.appending(path: "Tests"))
    #expect(try refusal(["TrialLoss"], limit: 4).contains("\(Self.registry): cannot write"))
  }

  @Test func placesThatAreNoSourceTree() throws {
    try write("let losses = [CrossEntropyLoss.descriptor]\n", Self.registry)
    #expect(
      try refusal(["TrialLoss"])
        == "error: \(Self.registry): has no list builtIn: [LossDescriptor] = [...] with one loss per "
        + "line; restore it")
    try FileManager.default.removeItem(at: tree.appending(path: Self.registry))
    #expect(
      try refusal(["TrialLoss"])
        == "error: \(Self.registry): is not below the current folder; run this in the top folder "
        + "of RecallBench's source tree, or write a separate package with --package FOLDER")
  }

  @Test func packageIsThatOfTheExample() throws {
    let result = try new(["TrialLoss", "--package", "some/mine/"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("\n  cd some/mine\n  swift build -c release -Xcc -m"))
    let manifest = try text("some/mine/Package.swift")
    #expect(manifest.contains("path: \"\(tree.path)\""))
    let example = SwiftTool.root.appending(path: "benchmarks/own-loss")
    #expect(
      try manifest.replacing("\"\(tree.path)\"", with: "\"../..\"")
        == String(contentsOf: example.appending(path: "Package.swift"), encoding: .utf8))
    #expect(
      try text("some/mine/.gitignore")
        == String(contentsOf: example.appending(path: ".gitignore"), encoding: .utf8))
    // The same loss as in the source tree, for others to see.
    #expect(try new(["TrialLoss"]).status == 0)
    #expect(
      try text("some/mine/Sources/OwnLosses/TrialLoss.swift")
        == text("Sources/Losses/TrialLoss.swift").replacing("package ", with: "public ")
        .replacing("import Tensors", with: "import RecallBench"))
  }

  /// Killed in between, it is completed by the same command; what was edited is not touched.
  @Test func halfWrittenFilesAreCompleted() throws {
    let arguments = ["TrialLoss", "--package", "mine"]
    #expect(try new(arguments).status == 0)
    let whole = try contents()
    let program = "mine/Sources/own-loss/main.swift"
    try FileManager.default.removeItem(at: tree.appending(path: program))
    try write("half", "mine/Sources/own-loss/.main.swift.partial-99999999-1")
    let again = try new(arguments)
    #expect(again.status == 0, "\(again.errors)")
    #expect(try contents() == whole)
    try FileManager.default.removeItem(at: tree.appending(path: program))
    try write("// mine", "mine/Package.swift")
    #expect(try refusal(arguments).contains("mine/Package.swift: already exists"))

    #expect(try new(["OtherLoss"]).status == 0)
    let (source, registry) = ("Sources/Losses/OtherLoss.swift", try text(Self.registry))
    try write(registry.replacing("    OtherLoss.descriptor,\n", with: ""), Self.registry)
    #expect(try new(["OtherLoss"]).status == 0)
    #expect(try text(Self.registry) == registry)
    try write(registry.replacing("    OtherLoss.descriptor,\n", with: ""), Self.registry)
    try write(text(source) + "// mine\n", source)
    #expect(try refusal(["OtherLoss"]).contains("\(source): already has OtherLoss"))
  }

  @Test func packagesThatCannotBeWritten() throws {
    try write("", "full")
    #expect(
      try refusal(["TrialLoss", "--package", "full"])
        .hasSuffix("/tree/full: is a file, not a folder; name another folder"))
    #expect(
      try refusal(["TrialLoss", "--package", "/proc/mine"])
        .hasPrefix("error: /proc/mine: cannot create"))
    try FileManager.default.createDirectory(
      at: tree.appending(path: "half"), withIntermediateDirectories: true)
    try write("", "half/Tests")
    #expect(try refusal(["TrialLoss", "--package", "half"]).contains("half/Tests: is a file"))
    try write("", "half/Package.swift")
    #expect(
      try refusal(["TrialLoss", "--package", "half"])
        == "error: half/Package.swift: already exists; choose another name")
  }

  /// For names from the shortest to the longest.
  @Test(.enabled(if: SwiftTool.isThere, Comment(rawValue: SwiftTool.missing)))
  func isFormattedAsTheRest() throws {
    var folders = ["Sources/Losses", "Tests"]
    for name in ["A", "TrialLoss", "A" + String(repeating: "b", count: 49)] {
      // The package first: its loss may not have the name of one that is in the tree.
      #expect(try new([name, "--package", name]).status == 0)
      #expect(try new([name]).status == 0)
      folders += ["\(name)/Sources", "\(name)/Tests"]
    }
    let configuration = SwiftTool.root.appending(path: ".swift-format").path
    let result = try SwiftTool.run(
      arguments: [
        "format", "lint", "--strict", "--recursive", "--configuration", configuration,
      ] + folders, in: tree)
    #expect(result.status == 0, "\(result.errors)")
  }

  /// Against the modules that this test was built with.
  @Test(.enabled(if: SwiftTool.isThere, Comment(rawValue: SwiftTool.missing)))
  func compilesAmongTheOtherLosses() throws {
    #expect(try new(["TrialLoss"]).status == 0)
    let folder = tree.appending(path: "Sources/Losses")
    let losses = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".swift") }.map { folder.appending(path: $0) }
    try BuiltModules.compile(losses, as: "Losses", into: place.url, isInPackage: true)
    try BuiltModules.compile(
      [tree.appending(path: "Tests/LossesTests/TrialLossTests.swift")], as: "TrialTests",
      into: place.url, isInPackage: true)
  }
}
