import Experiments
import Files
import Foundation
import TestSupport
import Testing

/// What needs no PyTorch: how losses are named, and programs that are no Python.
@Suite("PyTorch losses, without Python", .serialized)
struct TorchWorkerTests {
  private let files: TorchFiles

  init() throws { files = try TorchFiles() }

  @Test func specificationIsAPathAndAName() throws {
    let path = files.temporary.file("losses.py").path
    let file = try TorchLossFile("\(path):_Loss_2")
    #expect(file.url.path == path && file.identity.name == "_Loss_2")
    #expect(file.notation == "torch:_Loss_2")
    // SHA-256 of nothing.
    try Data().write(to: files.temporary.file("a:b.py"))
    let empty = try TorchLossFile("\(files.temporary.url.path)/a:b.py:f")
    #expect(
      empty.identity.sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test(arguments: [
    "losses.py", ":f", "", "losses:f", "losses.py:", "l.py:2f", "l.py:f(", "l.py:f(2)",
    "l.py:a.b", "l.py:f(a)", "l.py:f(a=)", "l.py:f(a=b)", "l.py:f(a=1 b=2)", "l.py:f(a=1, a=2)",
    "l.py:f(a=1e999)", "l.py:f(a='b)", "l.py:f(2a=1)",
  ])
  func specificationOfAnotherFormSaysWhatToWrite(text: String) {
    let message = failure { _ = try TorchLossFile(text) }
    #expect(message?.contains("write PATH.py:NAME, such as my_losses.py:MyLoss") == true)
  }

  /// Parameters have one normal form, and are part of a run's identity.
  @Test(
    arguments: [
      ("f()", nil, "torch:f"), ("f( )", nil, "torch:f"),
      ("f(alpha=0.30)", "alpha=0.3", "torch:f(alpha=0.3)"),
      (" f ( alpha : .3 , n=+2 ) ", "alpha=0.3, n=2", "torch:f(alpha=0.3, n=2)"),
      ("f(a=1e-3, b=2., c=-0.0)", "a=0.001, b=2.0, c=0.0", "torch:f(a=0.001, b=2.0, c=0.0)"),
      ("f(mode=\"sum\", on=true)", "mode='sum', on=True", "torch:f(mode='sum', on=True)"),
      ("f(w=[1, 2.5],s=(3,))", "w=[1, 2.5], s=(3,)", "torch:f(w=[1, 2.5], s=(3,))"),
    ] as [(String, String?, String)])
  func parametersHaveOneForm(call: String, arguments: String?, notation: String) throws {
    let file = try TorchLossFile("\(files.temporary.file("losses.py").path):\(call)")
    #expect(file.identity.name == "f" && file.identity.arguments == arguments)
    #expect(file.notation == notation)
  }

  @Test func parametersMakeAnotherRun() throws {
    func run(_ call: String) throws -> RunConfiguration {
      let file = try files.file(call)
      var run = exampleConfiguration(loss: file.notation)
      run.torch = file.identity
      return run
    }
    let digests = try ["ce", "ce(a=1)", "ce(a=2)"].map { try run($0).digest }
    #expect(Set(digests).count == 3)
    let text = String(decoding: try CanonicalJSON.encode(try run("ce(a=1)")), as: UTF8.self)
    #expect(text.contains("\"torch\":{\"arguments\":\"a=1\",\"name\":\"ce\","))
    let name = try run("ce(a=1)").runName
    #expect(name.hasPrefix("synthia-resnet18-torch-ce-a-1-s1-"))
  }

  @Test func missingFileIsNamed() {
    let folder = files.temporary.url.path
    #expect(
      failure { _ = try TorchLossFile("\(folder)/none.py:f") }
        == "the PyTorch loss f: \(folder)/none.py: does not exist")
  }

  @Test func interpreterIsTheOptionsThenTheVariablesThenPython3() throws {
    _ = try files.script("exit 0")
    let path = files.temporary.file("python").path
    let folder = files.temporary.url.path
    let named = TorchSetup(python: path)
    #expect(try named.interpreter(environment: ["RECALLBENCH_PYTHON": "/none"]) == path)
    let plain = TorchSetup()
    #expect(try plain.interpreter(environment: ["RECALLBENCH_PYTHON": path]) == path)
    #expect(
      try plain.interpreter(environment: ["RECALLBENCH_PYTHON": "python", "PATH": "/:\(folder)"])
        == path)
    #expect(
      failure { _ = try plain.interpreter(environment: ["PATH": folder]) }
        == "a PyTorch loss needs Python, but python3 is not on the PATH: install it, or specify the "
        + "interpreter with --python PATH or RECALLBENCH_PYTHON")
    #expect(
      failure { _ = try TorchSetup(python: "/none/python").interpreter() }
        == "/none/python: is not an executable file; specify the interpreter with "
        + "--python PATH or RECALLBENCH_PYTHON")
  }

  /// The line that starting such a Python fails with, and the process that it was.
  private func start(_ lines: String, seconds: Double) throws -> (line: String?, id: Int32) {
    let setup = try files.script(
      "echo $$ > '\(files.temporary.file("pid").path)'\n" + lines, seconds: seconds)
    let file = try files.file("ce")
    let line = failure { _ = try TorchLoss(file, setup, threads: 1) }
    let text = try String(contentsOf: files.temporary.file("pid"), encoding: .utf8)
    return (line, Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 1)
  }

  @Test(arguments: [
    ("exit 7", "the Python worker ended unexpectedly (exit status 7); its output is above"),
    ("kill -SEGV $$", "the Python worker ended unexpectedly (signal 11); its output is above"),
    (
      "exec 3>&- 3<&-; sleep 1000",
      "the Python worker ended unexpectedly (signal 9); its output is above"
    ),
    (
      "sleep 1000",
      "the Python worker took more than 2 s to start and was stopped; --torch-timeout SECONDS "
        + "allows more time"
    ),
    (
      "trap '' TERM INT; echo hello >&3; sleep 1000",
      "PROGRAM gave an invalid answer: \"hello\"; if it is not Python, specify the interpreter "
        + "with --python PATH or RECALLBENCH_PYTHON"
    ),
    (
      "echo '{\"failed\": \"no-torch\", \"message\": \"\"}' >&3; sleep 1000",
      "needs PyTorch, which PROGRAM does not have: install it with PROGRAM -m pip install torch, or "
        + "specify the interpreter with --python PATH or RECALLBENCH_PYTHON"
    ),
    (
      "head -c 3000000 /dev/zero >&3; sleep 1000", "the Python worker ended unexpectedly (signal 9)"
    ),
  ])
  func programThatIsNoWorkerIsEnded(lines: String, message: String) throws {
    let (line, id) = try start(lines, seconds: message.contains("2 s") ? 2 : 60)
    let python = files.temporary.file("python").path
    let expected = message.replacing("PROGRAM", with: python)
    #expect(line?.contains(expected) == true, "\(line ?? "nothing")")
    #expect(line?.hasPrefix("torch:ce") == true)
    #expect(!TorchPython.isRunning(id))
    // Nor what it has started.
    #expect(TorchPython.soon { kill(-id, 0) != 0 })
    #expect(TorchPython.soon { TorchFiles.sharedMemory.isEmpty })
  }

  @Test func fileThatCannotBeExecutedIsSaid() throws {
    let url = files.temporary.file("python")
    try Data("no program".utf8).write(to: url)
    chmod(url.path, 0o755)
    let file = try files.file("ce")
    let line = failure { _ = try TorchLoss(file, TorchSetup(python: url.path), threads: 1) }
    #expect(line?.hasPrefix("\(url.path): cannot be started: ") == true, "\(line ?? "nothing")")
  }
}

/// How runs with such a loss are told apart.
@Suite("Runs with PyTorch losses")
struct TorchRunTests {
  private let files: TorchFiles

  init() throws { files = try TorchFiles() }

  @Test func configurationNamesTheFileByItsDigestOnlyWhereThereIsOne() throws {
    let plain = exampleConfiguration()
    #expect(!String(decoding: try CanonicalJSON.encode(plain), as: UTF8.self).contains("torch"))
    var torch = exampleConfiguration(loss: "torch:ce")
    torch.torch = try files.file("ce").identity
    let text = String(decoding: try CanonicalJSON.encode(torch), as: UTF8.self)
    let digest = try #require(torch.torch?.sha256)
    #expect(text.contains("\"torch\":{\"name\":\"ce\",\"sha256\":\"\(digest)\"}"))
    let folder = try RunFolder(SweepFolder(files.temporary.url), configuration: torch)
    #expect(folder.url.lastPathComponent.hasPrefix("synthia-resnet18-torch-ce-s1-"))
    var changed = torch
    changed.torch?.sha256 = String(repeating: "0", count: 64)
    #expect(try changed.digest != torch.digest)
  }

  @Test func trainerWantsTheVeryFile() throws {
    var configuration = exampleConfiguration(loss: "torch:ce")
    configuration.torch = TorchIdentity(name: "ce", sha256: "12")
    #expect(
      failure {
        _ = try Trainer(configuration, classes: 2, classPixels: [1, 1], compute: .init())
      }
        == "the run's loss is torch:ce from a file with SHA-256 12; give it with "
        + "--torch PATH.py:ce")
  }

  private static let sweep = """
    name: s
    seeds: [1]
    backbones: [resnet18]
    losses: [ce, focal]
    training: {iterations: 10, batch: 4, learning_rate: 1e-3}
    datasets:
      synthia:
        source: rendered
        size: [32, 64]
        render: {seed: 1, train: 4, validation: 2, test: 2, height: 64, width: 128}

    """

  /// Where a list of losses stands, one written in PyTorch may stand, too.
  @Test func sweepFilesAndOptionsNameThem() throws {
    let path = files.temporary.file("sweep.yml")
    let specifications = ["losses.py:ce", "\"losses.py:Plain(a=1)\"", "'losses.py:Plain(a: 2)'"]
    let text = Self.sweep.replacing(
      "[ce, focal]", with: "[ce, \(specifications.joined(separator: ", "))]")
    try Data(text.utf8).write(to: path)
    var sweep = try Sweep(contentsOf: path)
    let names = ["torch:ce", "torch:Plain(a=1)", "torch:Plain(a=2)"]
    #expect(sweep.losses == ["ce"] + names)
    #expect(sweep.runs.map(\.torch?.arguments) == [nil, nil, "a=1", "a=2"])
    #expect(Set(try sweep.runs.map { try $0.digest }).count == 4)

    var selection = SweepOverrides()
    let file = files.temporary.file("losses.py").path
    selection.losses = splitLosses("recall, \(file):Plain(a=1, b=2),\(file):ce")
    try sweep.apply(selection)
    #expect(sweep.losses == ["recall", "torch:Plain(a=1, b=2)", "torch:ce"])
    #expect(sweep.runs.map(\.torch?.name) == [nil, "Plain", "ce"])
  }

  @Test func mistakesInSweepFilesArePointedAt() throws {
    func problem(_ loss: String) throws -> String? {
      let path = files.temporary.file("sweep.yml")
      try Data(Self.sweep.replacing("[ce, focal]", with: "[ce, \(loss)]").utf8).write(to: path)
      return failure { _ = try Sweep(contentsOf: path) }
    }
    let missing = try problem("none.py:f")
    #expect(missing?.contains("sweep.yml:4:14: the PyTorch loss f: ") == true, "\(missing ?? "")")
    #expect(missing?.hasSuffix("none.py: does not exist") == true)
    let sum = try problem("recall + losses.py:ce")
    #expect(
      sum?.hasSuffix("a PyTorch loss cannot be part of a sum: add the losses in Python") == true)
    try Data().write(to: files.temporary.file("other.py"))
    let twice = try problem("losses.py:ce, other.py:ce")
    #expect(twice?.hasSuffix("both have a loss ce; give one of them another name") == true)
  }

  @Test func torchTakesThePlaceOfTheFilesLossesOrFollowsTheSelected() throws {
    func losses(_ selected: [String]?, _ names: [String]) throws -> [RunConfiguration] {
      var sweep = try Sweep(yaml: Self.sweep, file: "t.yml")
      var selection = SweepOverrides()
      selection.losses = selected
      selection.torch = try names.map(files.file)
      #expect(selection.changesRuns)
      try sweep.apply(selection)
      return sweep.runs
    }
    let alone = try losses(nil, ["ce"])
    #expect(alone.map(\.loss) == ["torch:ce"])
    #expect(alone.map(\.torch) == [try files.file("ce").identity])
    let several = try losses(["focal(gamma: 2)"], ["ce", "item"])
    #expect(several.map(\.loss) == ["focal(gamma: 2)", "torch:ce", "torch:item"])
    #expect(several.map(\.torch?.name) == [nil, "ce", "item"])
    #expect(
      failure { _ = try losses(nil, ["ce", "ce"]) } == "loss torch:ce is selected twice")
  }
}
