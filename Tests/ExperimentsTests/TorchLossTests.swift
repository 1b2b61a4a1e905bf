import Experiments
import Files
import Foundation
import Losses
import Tensors
import TestSupport
import Testing

/// Losses written in PyTorch, on a real PyTorch.
@Suite(
  "PyTorch losses",
  .enabled(if: TorchPython.isThere, Comment(rawValue: TorchPython.missing)), .serialized)
struct TorchLossTests {
  private let files: TorchFiles

  init() throws { files = try TorchFiles() }

  private func expectCE(_ loss: TorchLoss, _ input: LossInput) throws {
    let (own, theirs) = (CrossEntropyLoss().evaluate(input), try loss.evaluate(input))
    #expect(abs(theirs.value / own.value - 1) < 1e-6)
    #expect(theirs.gradient.shape == own.gradient.shape)
    let difference = Difference(theirs.gradient.array, own.gradient.array)
    #expect(difference.isWithin(1e-6), "\(difference)")
  }

  @Test(arguments: ["ce", "CrossEntropy", "instance", "Plain"])
  func crossEntropyIsOurs(name: String) throws {
    let loss = try files.loss(name)
    #expect(loss.version.contains("PyTorch") && loss.file.notation == "torch:\(name)")
    // Larger and smaller batches than the one before, another number of threads.
    try expectCE(loss, torchBatch(Shape(n: 2, h: 5, w: 6, c: 7)))
    try expectCE(loss, torchBatch(Shape(n: 3, h: 70, w: 41, c: 19), seed: 2))
    try expectCE(loss, torchBatch(Shape(n: 1, h: 3, w: 2, c: 2), seed: 3, threads: 1))
    try expectCE(loss, torchBatch(Shape(n: 3, h: 90, w: 41, c: 19), seed: 4))
  }

  @Test func moduleRemembersUnlessToldNotTo() throws {
    let input = torchBatch(Shape(n: 1, h: 2, w: 2, c: 3))
    let loss = try files.loss("Counting")
    #expect(try (1...3).map { _ in try loss.evaluate(input).value } == [1, 2, 3])
    let memoryless = try files.loss("Counting", isMemoryless: true)
    #expect(try (1...3).map { _ in try memoryless.evaluate(input).value } == [1, 1, 1])
  }

  @Test func batchWithoutLabelsDoesNotReachTheCallable() throws {
    let compute = Compute()
    let labels = LabelMap(n: 1, h: 2, w: 1, ids: [LabelMap.ignored, LabelMap.ignored])
    let input = LossInput(
      logits: Tensor(Shape(n: 1, h: 2, w: 1, c: 3), filledWith: 1), labels: labels,
      compute: compute)
    let result = try files.loss("raising").evaluate(input)
    #expect(result.value == 0 && result.gradient.array.allSatisfy { $0 == 0 })
  }

  @Test(arguments: [
    ("raising", "raised KeyError: 'a\\nb' (losses.py, line 44); the traceback is above"),
    ("leaving", "raised SystemExit: 0 (losses.py, line 47); the traceback is above"),
    ("item", "returned float, not a tensor: return the loss itself, without .item() or float()"),
    (
      "pixels", "returned a tensor of shape [1, 3, 2]; a loss must be a scalar, such as its .mean()"
    ),
    (
      "detached",
      "does not depend on the logits: look for .detach(), torch.no_grad or an argmax between them "
        + "and the loss"
    ),
    ("elsewhere", "does not depend on the logits"),
    (
      "nan",
      "is nan, though all logits are finite: look for a division by 0, log(0) or sqrt(0) in it, or "
        + "lower learning_rate"
    ),
    (
      "root",
      "has a gradient that is not finite, though all logits are finite: look for a division by 0, "
        + "log(0) or sqrt(0) in it, or lower learning_rate"
    ),
    (
      "dying",
      ": the Python worker ended unexpectedly (exit status 7); its output is above"
    ),
    ("killed", ": the Python worker ended unexpectedly (signal 9); its output is above"),
  ])
  func failureIsOneLineAndNothingStays(name: String, message: String) throws {
    let input = torchBatch(Shape(n: 1, h: 3, w: 2, c: 3))
    let line = failure {
      let loss = try files.loss(name)
      #expect(files.worker.map(TorchPython.isRunning) == true)
      let first = failure { _ = try loss.evaluate(input) }
      if name != "nan" && name != "root" {
        // A worker that has failed is gone at once, and nothing more comes of it.
        #expect(files.worker.map(TorchPython.isRunning) == false)
        #expect(failure { _ = try loss.evaluate(input) } == first)
      }
      throw UserError(try #require(first))
    }
    #expect(line == "torch:\(name)" + (message.hasPrefix(":") ? "" : " ") + message)
    #expect(files.worker.map(TorchPython.isRunning) == false)
    #expect(TorchPython.soon { TorchFiles.sharedMemory.isEmpty })
  }

  @Test func lossThatIsNotFiniteIsGivenBackWhereThatIsAllowed() throws {
    let input = torchBatch(Shape(n: 1, h: 3, w: 2, c: 3))
    #expect(try files.loss("nan", allowsNonFinite: true).evaluate(input).value.isNaN)
    let loss: any Loss = try files.loss("item")
    #expect(throws: UserError.self) { try loss.evaluate(input) }
  }

  @Test func hangingStepIsEnded() throws {
    let loss = try files.loss("Slow", limits: TorchLimits(start: 120, first: 60, step: 0.5))
    let input = torchBatch(Shape(n: 1, h: 3, w: 2, c: 3))
    #expect(try loss.evaluate(input).value == 1)
    #expect(
      failure { _ = try loss.evaluate(input) }
        == "torch:Slow: the Python worker took more than 0.5 s to evaluate a batch and was stopped; "
        + "--torch-timeout SECONDS allows more time")
    #expect(files.worker.map(TorchPython.isRunning) == false)
  }

  @Test(arguments: [
    ("absent", "is not in PATH, which has ce, CrossEntropy, instance, Plain, Counting, Slow"),
    ("number", "is not a function, torch.nn.Module or other callable: 3"),
    ("Needs", "raised TypeError: "),
  ])
  func nameThatIsNoLossIsSaidAtTheStart(name: String, message: String) throws {
    let line = try #require(failure { _ = try files.loss(name) })
    let path = files.temporary.file("losses.py").path
    #expect(line.hasPrefix("torch:\(name) " + message.replacing("PATH", with: path)), "\(line)")
    if name == "Needs" {
      #expect(line.contains("a class is instantiated without arguments"))
      #expect(line.contains("or write Needs(name=value))"))
    }
    #expect(files.worker.map(TorchPython.isRunning) == false)
  }

  @Test func fileThatCannotBeReadByPythonIsSaid() throws {
    let url = files.temporary.file("losses.py")
    try Data("def ce(z, y):\n  return (\n".utf8).write(to: url)
    let line = try #require(failure { _ = try files.loss("ce") })
    #expect(line.hasPrefix("torch:ce raised SyntaxError: "), "\(line)")
    let file = try files.file("ce")
    try Data("def ce(z, y):\n  return z.sum()\n".utf8).write(to: url)
    let setup = TorchSetup(python: TorchPython.path)
    #expect(
      failure { _ = try TorchLoss(file, setup, threads: 1) }
        == "\(url.path): has changed since it was first read; start again")
  }

  /// Whether autograd has no gradient at all or one of zeros; training refuses the former.
  @Test(arguments: ["hard", "tied", "detached"])
  func lossWithoutAGradientIsWarnedOf(name: String) throws {
    let setup = TorchSetup(python: TorchPython.path)
    let findings = try LossConformance(files.file(name), setup, threads: 1).check()
    let warnings = findings.filter { $0.outcome == .warning }
    #expect(warnings == Array(findings.prefix(1)) && warnings.count == 1)
    #expect(warnings.first?.property == "no gradient")
    let measured = warnings.first?.measured ?? ""
    #expect(
      measured.hasPrefix("the gradient is zero everywhere, although the value changes with the "))
    #expect(findings.contains { $0.property == "gradient" && $0.outcome == .fail })
  }

  /// Runs share what importing torch costs: their workers are forked from one process.
  @Test func workersHaveOneParentAndTheirNames() throws {
    let first = try files.loss("ce")
    let one = try #require(files.worker)
    let second = try files.loss("Counting")
    let other = try #require(files.worker)
    #expect(one != other)
    #expect(TorchProcess(one).parent == TorchProcess(other).parent)
    #expect(TorchProcess(TorchProcess(one).parent).command == "recallbench-torch-server")
    let path = files.temporary.file("losses.py").path
    #expect(TorchProcess(one).command == "recallbench-torch-worker \(path):ce")
    #expect(TorchProcess(other).command == "recallbench-torch-worker \(path):Counting")
    #expect(TorchProcess(one).name == "recallbench-tor")
    // One that dies takes no other with it.
    let input = torchBatch(Shape(n: 1, h: 3, w: 2, c: 3))
    let dying = try files.loss("dying")
    #expect(failure { _ = try dying.evaluate(input) } != nil)
    #expect(try second.evaluate(input).value == 1)
    try expectCE(first, input)
  }

  @Test func serverEndsWithTheLastOfItsWorkers() throws {
    var losses = [try files.loss("ce"), try files.loss("ce")]
    let server = TorchProcess(try #require(files.worker)).parent
    losses.removeLast()
    #expect(TorchPython.isRunning(server))
    losses.removeLast()
    #expect(TorchPython.soon { !TorchPython.isRunning(server) })
  }

  /// A server that is killed is replaced by another one, and its workers go on.
  @Test func killedServerIsReplaced() throws {
    let first = try files.loss("ce")
    let server = TorchProcess(try #require(files.worker)).parent
    kill(server, SIGKILL)
    #expect(TorchPython.soon { !TorchPython.isRunning(server) })
    let input = torchBatch(Shape(n: 1, h: 3, w: 2, c: 3))
    try expectCE(first, input)
    try expectCE(try files.loss("ce"), input)
  }

  @Test(arguments: [
    ("Scaled(factor=3)", 3.0), ("Scaled", 2), ("scaled(factor=3)", 3), ("scaled", 2),
    ("Scaled(factor=1, mode='twice')", 2),
  ])
  func parametersReachTheCallable(call: String, factor: Double) throws {
    let input = torchBatch(Shape(n: 1, h: 3, w: 2, c: 3))
    let value = try files.loss(call, isMemoryless: true).evaluate(input).value
    #expect(abs(value / CrossEntropyLoss().evaluate(input).value / factor - 1) < 1e-6)
  }

  @Test(arguments: [
    (
      "Scaled(fctor=3)",
      "cannot be given fctor=3: got an unexpected keyword argument 'fctor'; its parameters: "
        + "factor=2, mode='once'"
    ),
    (
      "scaled(gamma=1)",
      "cannot be given gamma=1: got an unexpected keyword argument 'gamma'; its parameters: factor=2"
    ),
    ("ce(gamma=1)", "its parameters: none"),
    (
      "instance(gamma=1)", "is an instance, which takes no parameters: name its class or a function"
    ),
    ("Scaled(mode='never')", "raised ValueError: never (losses.py, line "),
  ])
  func parametersThatDoNotFitAreSaidAtTheStart(call: String, message: String) throws {
    let line = try #require(failure { _ = try files.loss(call) })
    #expect(line.hasPrefix("torch:\(call) ") && line.contains(message), "\(line)")
  }

  /// The losses that the documentation shows: one over regions, one that looks at boundaries.
  @Test(arguments: [
    ("FocalTversky(alpha=0.3)", "no shapes or boundaries"),
    ("boundary_ce(weight=2)", "the loss sees neighborhoods"),
  ])
  func exampleLossesPassTheCheck(call: String, note: String) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = try TorchLossFile("\(root.path)/benchmarks/own-loss/my_losses.py:\(call)")
    let findings = try LossConformance(file, TorchSetup(python: TorchPython.path), threads: 1)
      .check()
    #expect(findings.allSatisfy { ![.fail, .warning].contains($0.outcome) }, "\(findings)")
    #expect(findings.last?.measured.contains(note) == true)
  }

  @Test func conformanceTestApplies() throws {
    let setup = TorchSetup(python: TorchPython.path)
    let findings = try LossConformance(files.file("ce"), setup, threads: 1).check()
    let failed = findings.filter { $0.outcome == .fail }.map(\.property)
    #expect(failed == ["differs from CE"], "\(findings)")
    #expect(findings.first?.property == "gradient" && findings.first?.outcome == .pass)
    // A term of the value that autograd is kept from.
    let wrong = """
      import torch
      def wrong(z, y):
          hidden = z.detach().square().mean()
          return torch.nn.functional.cross_entropy(z, y, ignore_index=255) + hidden
      """
    try Data(wrong.utf8).write(to: files.temporary.file("losses.py"))
    let more = try LossConformance(files.file("wrong"), setup, threads: 1).check()
    #expect(more.first?.outcome == .fail, "\(more)")
  }
}
