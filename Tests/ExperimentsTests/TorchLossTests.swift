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
    if name == "Needs" { #expect(line.contains("a class is instantiated without arguments")) }
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
