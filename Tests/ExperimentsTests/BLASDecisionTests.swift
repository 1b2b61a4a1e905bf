import Experiments
import Testing

/// What is done about OpenBLAS's kernels when a program starts.
@Suite struct BLASDecisionTests {
  static let sse: Set = ["sse2", "sse4_2"]
  static let avx = sse.union(["avx"])
  static let avx2 = avx.union(["avx2", "fma", "f16c"])
  static let avx512 = avx2.union(["avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"])

  /// Kinds of CPU; numbers 7 and 8 are not x86-64, or unknown, and the last is Zen 4.
  static let cpus = [
    CPUFeatures(flags: sse, vendor: "GenuineIntel"),
    CPUFeatures(flags: avx, vendor: "GenuineIntel"),
    CPUFeatures(flags: avx2, vendor: "GenuineIntel"),
    CPUFeatures(flags: avx2, vendor: "AuthenticAMD"),
    CPUFeatures(flags: avx2.union(["avx512f", "avx512cd"]), vendor: "GenuineIntel"),
    CPUFeatures(flags: avx512, vendor: "GenuineIntel"),
    CPUFeatures(flags: avx512.union(["avx512_bf16"]), vendor: "AuthenticAMD"),
    CPUFeatures(flags: ["asimd", "fp"]), CPUFeatures(flags: []),
    CPUFeatures(flags: avx512.union(["avx512_bf16"]), vendor: "AuthenticAMD", family: 25),
  ]

  static let names = [
    "Prescott", "Core2", "Nehalem", "Barcelona", "Sandybridge", "Bulldozer", "Piledriver",
    "Excavator", "Haswell", "Zen", "SkylakeX", "Cooperlake", "SapphireRapids", "NEOVERSEN1",
    "unknown",
  ]

  static func library(
    _ kernel: String, dynamic: Bool = true, lacking: Set<String> = []
  ) -> BLASLibrary {
    BLASLibrary(
      "OpenBLAS 0.3.21 NO_LAPACKE \(dynamic ? "DYNAMIC_ARCH " : "")NO_AFFINITY, kernels for \(kernel)"
    ) { !lacking.contains($0.name) }
  }

  private func decision(
    _ kernel: String, _ cpu: Int, choice: String? = nil, lacking: Set<String> = []
  ) -> BLASDecision {
    BLASDecision(
      Self.library(kernel, lacking: lacking), Self.cpus[cpu], choice: choice)
  }

  @Test func fallenKernelsAreReplacedByTheBestOfTheCPU() {
    #expect(decision("Prescott", 6) == .replace(with: BLASKernel("Cooperlake")))
    #expect(decision("Prescott", 5) == .replace(with: BLASKernel("SkylakeX")))
    #expect(decision("Haswell", 5) == .replace(with: BLASKernel("SkylakeX")))
    #expect(decision("Nehalem", 4) == .replace(with: BLASKernel("Haswell")))
    #expect(decision("Sandybridge", 3) == .replace(with: BLASKernel("Zen")))
    #expect(decision("Prescott", 9) == .replace(with: BLASKernel("Cooperlake")))
    #expect(decision("Core2", 1) == .replace(with: BLASKernel("Sandybridge")))
  }

  @Test func whatSuitsTheCPUIsKept() {
    for (kernel, cpu) in [
      ("Prescott", 0), ("Sandybridge", 1), ("Haswell", 2), ("Zen", 3), ("Zen", 2), ("SkylakeX", 6),
      ("Cooperlake", 6), ("Excavator", 3), ("NEOVERSEN1", 7), ("Prescott", 8), ("cooperlake", 5),
      ("Zen", 9), ("Haswell", 9), ("Cooperlake", 9),
    ] {
      #expect(decision(kernel, cpu) == .keep, "\(kernel), CPU \(cpu)")
    }
  }

  @Test func onlyKernelsThatThisOpenBLASHasAreTaken() {
    #expect(
      decision("Prescott", 6, lacking: ["Cooperlake"]) == .replace(with: BLASKernel("SkylakeX")))
    let wide: Set = ["Cooperlake", "SkylakeX"]
    #expect(decision("Prescott", 6, lacking: wide) == .replace(with: BLASKernel("Zen")))
    #expect(decision("Zen", 6, lacking: wide) == .lament(.avx512))
    let single = BLASDecision(Self.library("CORE2", dynamic: false), Self.cpus[2], choice: nil)
    #expect(single == .lament(.avx2))
  }

  @Test func theUsersChoiceStands() {
    let better = BLASKernel("Cooperlake")
    #expect(decision("Prescott", 6, choice: "Prescott") == .leave(better: better))
    #expect(decision("Prescott", 6, choice: "") == .replace(with: better))
    #expect(decision("Cooperlake", 6, choice: "cooperlake") == .leave(better: nil))
    #expect(decision("SkylakeX", 2, choice: "SkylakeX") == .refuse(.avx512))
    #expect(decision("SkylakeX", 8, choice: "SkylakeX") == .leave(better: nil))
  }

  /// Over all kernels, CPUs, choices and libraries.
  @Test func noDecisionBreaksARule() {
    for kernel in Self.names {
      for cpu in Self.cpus {
        for choice in [nil, "", "Prescott"] {
          for dynamic in [true, false] {
            let library = Self.library(kernel, dynamic: dynamic)
            let decision = BLASDecision(library, cpu, choice: choice)
            guard case .replace(let better) = decision else { continue }
            #expect(dynamic && choice?.isEmpty != false)
            #expect(BLASKernel.suitable(for: cpu).contains(better))
            let now = library.kernel.level
            #expect(now != nil && better.level.map { $0 > now! && $0 <= cpu.level! } == true)
          }
        }
      }
    }
  }
}

/// Starting again, and never more than twice.
@Suite struct BLASRestartTests {
  private let cpu = BLASDecisionTests.cpus[6]
  private let trial = BLASRestart(
    before: BLASKernel("Prescott"), asked: BLASKernel("Cooperlake"), stage: .trial)

  private func step(
    after restart: BLASRestart?, _ kernel: String, isRight: Bool = true
  ) -> BLASStep {
    BLASStep(
      after: restart, BLASDecisionTests.library(kernel), cpu, choice: nil, isRight: { isRight })
  }

  @Test func kernelsAreCheckedBeforeTheyAreTrusted() throws {
    #expect(step(after: nil, "Prescott") == .restart(BLASKernel("Cooperlake"), trial))
    guard case .go(let choice) = step(after: trial, "Cooperlake") else {
      Issue.record("not taken")
      return
    }
    #expect(choice.chooser == .program && choice.replaced == BLASKernel("Prescott"))
    let remark = "chosen by RecallBench; OpenBLAS had fallen back to Prescott"
    #expect(choice.remark == remark && choice.warning == nil)
  }

  @Test func wrongProductsLeadBack() throws {
    let refusal = BLASRestart(
      before: BLASKernel("Prescott"), asked: BLASKernel("Cooperlake"), stage: .refusal)
    #expect(step(after: trial, "Cooperlake", isRight: false) == .restart(nil, refusal))
    guard case .go(let choice) = step(after: refusal, "Prescott") else {
      Issue.record("started again")
      return
    }
    #expect(choice.problem == .wrongProducts && choice.chooser == .openBLAS)
    #expect(choice.warning?.contains("Cooperlake kernels compute wrong products here") == true)
  }

  /// OpenBLAS keeps what it had, or takes simpler kernels than asked for where it lacks these.
  @Test func whatOpenBLASTakesCounts() {
    guard case .go(let kept) = step(after: trial, "Prescott"),
      case .go(let simpler) = step(after: trial, "SkylakeX")
    else {
      Issue.record("started again")
      return
    }
    #expect(kept.problem == .notTaken && kept.warning != nil)
    #expect(simpler.chooser == .program && simpler.kernel == BLASKernel("skylakex"))
  }

  @Test func whatTheUserAskedForAndDidNotGetIsSaid() {
    for (asked, remark) in [
      ("prescott", "chosen by OPENBLAS_CORETYPE; Cooperlake would suit this CPU"),
      (
        "Zen9",
        "in place of Zen9, which OPENBLAS_CORETYPE says and this OpenBLAS lacks; Cooperlake would suit "
          + "this CPU"
      ),
    ] {
      let step = BLASStep(
        after: nil, BLASDecisionTests.library("Prescott"), cpu, choice: asked, isRight: { false })
      guard case .go(let choice) = step else {
        Issue.record("started again")
        continue
      }
      #expect(choice.remark == remark && choice.warning == nil)
    }
  }

  /// Whatever OpenBLAS takes and computes.
  @Test func nothingStartsAgainForEver() {
    for first in BLASDecisionTests.names {
      for second in BLASDecisionTests.names {
        for isRight in [true, false] {
          guard case .restart(_, let one) = step(after: nil, first) else { continue }
          #expect(one.stage == .trial)
          guard case .restart(let kernel, let two) = step(after: one, second, isRight: isRight)
          else {
            continue
          }
          #expect(!isRight && kernel == nil && two.stage == .refusal)
          guard case .go = step(after: two, first, isRight: isRight) else {
            Issue.record("a third start")
            continue
          }
        }
      }
    }
  }

  @Test func aChildDoesNotMistakeTheVariableForItsOwn() {
    let text = trial.text(process: 17)
    #expect(BLASRestart(text, process: 17) == trial)
    #expect(BLASRestart(text, process: 18) == nil)
    for broken in [
      "", "17", "17:Prescott:Cooperlake", "17:a:b:again", "x:a:b:trial", "17:a:b:trial:",
    ] {
      #expect(BLASRestart(broken, process: 17) == nil)
    }
  }

  @Test func productsAreCompared() {
    #expect(BLASCheck.isRight())
    // Wrong in the last of the columns, in what is added, and not a number.
    #expect(
      !BLASCheck.isRight { a, b, m, n, k, alpha, x, y, beta, c in
        BLASCheck.blas(a, b, m, n, k, alpha, x, y, beta, &c)
        c[n - 1] += n > 40 ? 1e-2 : 0
      })
    #expect(
      !BLASCheck.isRight { a, b, m, n, k, alpha, x, y, _, c in
        BLASCheck.blas(a, b, m, n, k, alpha, x, y, 0, &c)
      })
    #expect(
      !BLASCheck.isRight { a, b, m, n, k, alpha, x, y, beta, c in
        BLASCheck.blas(a, b, m, n, k, alpha, x, y, beta, &c)
        c[0] = .nan
      })
  }
}
