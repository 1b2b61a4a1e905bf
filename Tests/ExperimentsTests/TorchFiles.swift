import Experiments
import Foundation
import Losses
import Tensors
import TestSupport

/// A folder with PyTorch losses, right and wrong ones.
struct TorchFiles {
  let temporary: TemporaryFolder

  init() throws {
    temporary = try TemporaryFolder()
    try Data(Self.losses.utf8).write(to: temporary.file("losses.py"))
  }

  private static let losses = """
    import os, signal, time
    import torch
    import torch.nn.functional as F

    with open(os.path.join(os.path.dirname(__file__), "pid"), "w") as file:
        file.write(str(os.getpid()))

    def ce(z, y):
        assert z.is_contiguous(memory_format=torch.channels_last) and z.requires_grad
        assert z.dtype == torch.float32 and y.dtype == torch.int64
        return F.cross_entropy(z, y, ignore_index=255)

    class CrossEntropy(torch.nn.CrossEntropyLoss):
        def __init__(self):
            super().__init__(ignore_index=255)

    instance = CrossEntropy()

    class Plain:
        def __call__(self, z, y):
            return ce(z, y)

    # Its value counts its calls.
    class Counting(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.calls = 0

        def forward(self, z, y):
            self.calls += 1
            return self.calls + 0 * z.sum()

    class Slow(Counting):
        def forward(self, z, y):
            if self.calls == 1:
                time.sleep(1000)
            return super().forward(z, y)

    class Needs(torch.nn.Module):
        def __init__(self, weight):
            super().__init__()

    def raising(z, y):
        raise KeyError("a\\nb")

    def leaving(z, y):
        raise SystemExit(0)

    def item(z, y):
        return ce(z, y).item()

    def pixels(z, y):
        return F.cross_entropy(z, y, ignore_index=255, reduction="none")

    def detached(z, y):
        return F.cross_entropy(z.detach(), y, ignore_index=255)

    # One minus the mean recall of an argmax.
    def hard(z, y):
        recalls = [(z.argmax(1)[y == c] == c).float().mean() for c in y[y != 255].unique()]
        return 1 - torch.stack(recalls).mean()

    # The same, tied to the logits by nothing.
    def tied(z, y):
        return hard(z, y) + 0 * z.sum()

    def elsewhere(z, y):
        return torch.ones((), requires_grad=True) * 2

    def nan(z, y):
        return ce(z, y) * float("nan")

    # Of value 0, with an infinite derivative.
    def root(z, y):
        return (0 * z).sum().sqrt()

    def dying(z, y):
        os._exit(7)

    def killed(z, y):
        os.kill(os.getpid(), signal.SIGKILL)

    number = 3

    class Scaled(torch.nn.Module):
        def __init__(self, factor=2, mode="once"):
            super().__init__()
            if mode == "never":
                raise ValueError(mode)
            self.factor = factor * (2 if mode == "twice" else 1)

        def forward(self, z, y):
            return self.factor * ce(z, y)

    def scaled(z, y, factor=2):
        return factor * ce(z, y)

    """

  func file(_ name: String) throws -> TorchLossFile {
    try TorchLossFile("\(temporary.file("losses.py").path):\(name)")
  }

  func loss(
    _ name: String, limits: TorchLimits = TorchLimits(start: 120, first: 60, step: 60),
    isMemoryless: Bool = false, allowsNonFinite: Bool = false
  ) throws -> TorchLoss {
    try TorchLoss(
      file(name), TorchSetup(python: TorchPython.path, limits: limits), threads: 2,
      isMemoryless: isMemoryless, allowsNonFinite: allowsNonFinite)
  }

  /// The number of the process that last read the file.
  var worker: Int32? {
    let text = try? String(contentsOf: temporary.file("pid"), encoding: .utf8)
    return text.flatMap { Int32($0) }
  }

  /// A shell script in the place of Python.
  func script(_ lines: String, seconds: Double = 60) throws -> TorchSetup {
    let url = temporary.file("python")
    try Data("#!/bin/sh\n\(lines)\n".utf8).write(to: url)
    chmod(url.path, 0o755)
    return TorchSetup(python: url.path, limits: TorchLimits(step: seconds / 5))
  }

  /// Files of shared memory of this process that still have a name.
  static var sharedMemory: [String] {
    ["/dev/shm", FileManager.default.temporaryDirectory.path].flatMap { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
        $0.hasPrefix("recallbench-\(getpid())-")
      }
    }
  }
}

/// What the system says of a process.
struct TorchProcess {
  private let id: Int32

  init(_ id: Int32) { self.id = id }

  private func read(_ name: String) -> String {
    let data = FileManager.default.contents(atPath: "/proc/\(id)/\(name)") ?? Data()
    return String(decoding: data, as: UTF8.self)
  }

  /// What `ps aux` shows.
  var command: String {
    read("cmdline").replacing("\0", with: " ").trimmingCharacters(in: .whitespaces)
  }

  /// What `ps` shows, at most 15 characters.
  var name: String { read("comm").trimmingCharacters(in: .whitespacesAndNewlines) }

  var parent: Int32 {
    let fields = read("stat").split(separator: ") ").last?.split(separator: " ") ?? []
    return fields.dropFirst().first.flatMap { Int32($0) } ?? 0
  }
}

/// Logits and labels, a fifth of them ignored.
func torchBatch(_ shape: Shape, seed: UInt64 = 1, threads: Int = 2) -> LossInput {
  ConformanceBatch.random("torch", shape, ignored: 0.2, spread: 2, seed: seed)
    .input(Compute(threads: threads))
}
