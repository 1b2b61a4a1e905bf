import Experiments
import Files
import Foundation
import RecallBench
import TestSupport
import Testing

/// What findings say, on machines that are made up.
@Suite struct FindingTests {
  private func healthy() -> Examination {
    var machine = Examination()
    machine.cpu.load = 0.5
    machine.blas.kernel = "Cooperlake"
    machine.rates = [.init(threads: 1, sgemm: 150, multiplyAdds: 160, triad: 10)]
    machine.room.disk = 5 << 30
    machine.room.memory = 5 << 30
    machine.gnuplot = .init(path: "/usr/bin/gnuplot", version: "5.4", missingTerminals: [])
    return machine
  }

  private func findings(_ change: (inout Examination) -> Void) -> [Finding] {
    var machine = healthy()
    change(&machine)
    return Finding.all(machine)
  }

  @Test func aHealthyMachineHasNone() {
    #expect(Finding.all(healthy()) == [])
    #expect(healthy().text.hasSuffix("\nNo problems found."))
  }

  @Test func fallenKernelsAreSaidToBeReplaced() throws {
    let found = findings {
      ($0.blas.replaced, $0.blas.otherSgemm) = ("Prescott", 33)
    }
    #expect(found.map(\.weight) == [.note])
    let text = try #require(found.first).what
    #expect(text.contains("fell back to its Prescott kernels (33 GF/s)"))
    #expect(text.contains("Cooperlake kernels instead (150 GF/s on one thread)"))
  }

  @Test func whatIsSlowIsAdvice() {
    let slow: [(String, (inout Examination) -> Void)] = [
      (
        "OPENBLAS_CORETYPE chooses",
        { ($0.blas.better, $0.blas.otherSgemm) = ("Cooperlake", 150) }
      ),
      (
        "this OpenBLAS has nothing",
        {
          $0.blas.isBelowCPU = true
          $0.blas.remark = "below what it can; this OpenBLAS has nothing better"
        }
      ),
      ("only 31 % of what", { $0.rates[0].sgemm = 50 }),
      ("built without vector instructions", { $0.rates[0].multiplyAdds = 80 }),
      ("only 300 MiB of memory", { $0.room.memory = 300 << 20 }),
      ("only 300 MiB are free", { $0.room.disk = 300 << 20 }),
    ]
    for (text, change) in slow {
      let found = findings(change)
      #expect(found.map(\.weight) == [.advice], "\(text)")
      #expect(found.first?.what.contains(text) == true, "\(found)")
    }
  }

  @Test func whatFailsIsBroken() {
    let broken: [(inout Examination) -> Void] = [
      { $0.blas.productsAreRight = false }, { $0.gnuplot = nil }, { $0.gnuplot?.version = nil },
      { $0.gnuplot?.missingTerminals = ["pdfcairo"] }, { $0.room.disk = 1 << 20 },
    ]
    for change in broken { #expect(findings(change).map(\.weight) == [.broken]) }
  }

  @Test func aBusyMachineIsOnlyNoted() {
    #expect(findings { $0.cpu.load = 9 }.map(\.weight) == [.note])
    // What was measured meanwhile is no reason for advice.
    let slow = findings { ($0.cpu.load, $0.rates[0].sgemm) = (9, 20) }
    #expect(slow.map(\.weight) == [.note])
  }
}

/// `recallbench doctor`, and how the command starts where OpenBLAS has fallen below the CPU.
@Suite struct DoctorTests {
  private let place: TemporaryFolder

  init() throws { place = try TemporaryFolder() }

  /// A Python that notes the environment that it is given.
  private func spy() throws -> (path: String, notes: () throws -> String) {
    let (script, notes) = (place.url.appending(path: "spy"), place.url.appending(path: "notes"))
    try Data("#!/bin/sh\nenv > \(notes.path)\n".utf8).write(to: script)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: script.path)
    return (script.path, { try String(contentsOf: notes, encoding: .utf8) })
  }

  @Test func theMachineIsDescribed() throws {
    let result = try Command.run(["doctor"], in: place.url)
    #expect(result.status == 0 || result.output.contains("broken: "), "\(result.errors)")
    #expect(result.errors == [])
    let names = [
      "system", "CPU", "vectors", "features", "BLAS", "kernels", "products", "sgemm", "bandwidth",
      "memory", "disk", "gnuplot", "libraries", "PyTorch",
    ]
    let lines = result.output.split(separator: "\n")
    for name in names { #expect(lines.contains { $0.hasPrefix(name + " ") }, "\(name)") }
    #expect(result.output.contains("GF/s on 1 thread"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.url.path) == [])
  }

  @Test func aProgramCanReadIt() throws {
    let result = try Command.run(["doctor", "--json"], in: place.url)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(report["findings"] is [[String: Any]])
    let machine = try #require(report["machine"] as? [String: Any])
    #expect((machine["rates"] as? [[String: Any]])?.first?["sgemm"] is Double)
    // Not those of this test, where OpenBLAS knows the CPU less well than the command does.
    let kernel = try #require((machine["blas"] as? [String: Any])?["kernel"] as? String)
    #expect(try Command.run(["--version"], in: place.url).output.contains(" \(kernel)"))
  }

  /// Kernels that suit this CPU, where it has any above the oldest.
  private static let best = BLASKernel.suitable(for: .current).first {
    BLASLibrary.current.choosesKernels && BLASLibrary.current.has($0) != false
  }

  /// What the user chose stays, is called slow, and is left to children.
  @Test(.enabled(if: best != nil)) func theUsersKernelsAreKeptAndCommented() throws {
    let best = try #require(Self.best)
    let spy = try spy()
    let result = try Command.run(
      ["doctor"], in: place.url,
      environment: ["OPENBLAS_CORETYPE": "Prescott", "RECALLBENCH_PYTHON": spy.path])
    #expect(
      result.output.contains("Prescott, chosen by OPENBLAS_CORETYPE; \(best) would suit this CPU"))
    #expect(
      result.output.contains("advice: OPENBLAS_CORETYPE chooses OpenBLAS's Prescott kernels ("))
    #expect(result.output.contains(" GF/s on 1 thread with the \(best) kernels"))
    #expect(result.output.contains("unset OPENBLAS_CORETYPE"))
    #expect(try spy.notes().contains("OPENBLAS_CORETYPE=Prescott\n"))
  }

  /// The process after a start with other kernels, which keeps its number: here the shell's.
  @Test(.enabled(if: best != nil)) func whatWasCorrectedIsSaid() throws {
    let best = try #require(Self.best)
    let spy = try spy()
    let start =
      "export OPENBLAS_CORETYPE=\(best) RECALLBENCH_BLAS_RESTART=$$:Prescott:\(best):trial; "
      + "exec \"$0\" \"$@\""
    func run(_ arguments: [String]) throws -> Command.Result {
      try Command(
        ["-c", start, Command.executable.path] + arguments, in: place.url,
        executable: URL(filePath: "/bin/sh"), environment: ["RECALLBENCH_PYTHON": spy.path]
      ).finish()
    }
    let result = try run(["doctor"])
    let remark = "\(best), chosen by RecallBench; OpenBLAS had fallen back to Prescott"
    #expect(result.output.contains(remark), "\(result.output)")
    #expect(result.output.contains("fell back to its Prescott kernels ("))
    #expect(result.output.contains(" GF/s on 1 thread with the Prescott kernels"))
    let environment = try spy.notes()
    #expect(!environment.contains("OPENBLAS_CORETYPE") && !environment.contains("BLAS_RESTART"))
    #expect(try run(["--version"]).output.contains("kernels:  \(remark)\n"))
  }

  /// From the fallback to the check of the better kernels, with nothing made up but that OpenBLAS chose
  /// the old ones itself.
  @Test(.enabled(if: best != nil)) func fallenKernelsAreReplaced() throws {
    let best = try #require(Self.best)
    let speed = Command.executable.deletingLastPathComponent().appending(path: "recallbench-speed")
    let result = try Command(
      ["blas", "--fallback", "Prescott", "--threads", "1", "--rounds", "1"], in: place.url,
      executable: speed
    ).finish()
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(lines.count == 4 && lines[2].hasPrefix("| Prescott | "), "\(result.output)")
    #expect(
      lines.last?.hasPrefix("| \(best) | ") == true
        && lines.last?.hasSuffix("| chosen by RecallBench; OpenBLAS had fallen back to Prescott |")
          == true
    )
  }

  /// Better kernels that turned out to compute wrong products are not used and not concealed.
  @Test(.enabled(if: best != nil)) func refusedKernelsAreNamed() throws {
    let best = try #require(Self.best)
    let start = "export RECALLBENCH_BLAS_RESTART=$$:Prescott:\(best):refusal; exec \"$0\" --version"
    let result = try Command(
      ["-c", start, Command.executable.path], in: place.url,
      executable: URL(filePath: "/bin/sh")
    ).finish()
    #expect(result.output.contains("OpenBLAS's \(best) kernels compute wrong products here"))
  }

  /// An inherited variable is not the process's own.
  @Test func anInheritedNoteIsIgnored() throws {
    let result = try Command.run(
      ["--version"], in: place.url,
      environment: ["RECALLBENCH_BLAS_RESTART": "1:Prescott:Cooperlake:trial"])
    let expected = try Command.run(["--version"], in: place.url)
    #expect(result.status == 0 && result.output == expected.output)
  }
}
