import Experiments
import Files
import Foundation
import Testing

/// What is known of machines, and what is said about two of them.
@Suite struct MachineTests {
  private func environment(
    _ kernel: String?, cpu: String = "EPYC", version: String = "0.3.21", torch: String? = nil,
    vectors: String? = nil
  ) -> RunEnvironment {
    var environment = exampleEnvironment
    environment.cpu = cpu
    environment.blas =
      kernel.map { "OpenBLAS \(version) DYNAMIC_ARCH \($0) MAX_THREADS=64, kernels for \($0)" }
      ?? "OpenBLAS"
    (environment.torch, environment.vectors) = (torch, vectors)
    return environment
  }

  @Test func featuresAreThoseOfTheFirstCPU() {
    let intel = CPUFeatures(
      cpuinfo: """
        processor\t: 0
        vendor_id\t: GenuineIntel
        cpu family\t: 6
        flags\t\t: fpu sse2 avx fma avx2
        vmx flags\t: vnmi

        processor\t: 1
        flags\t\t: sse2
        """)
    #expect(intel.level == .avx2 && intel.vendor == "GenuineIntel" && intel.family == 6)
    #expect(intel.vectorFlags == ["avx", "fma", "avx2"])
    let arm = CPUFeatures(cpuinfo: "processor : 0\nFeatures\t: fp asimd asimddp\n")
    #expect(arm.level == nil && arm.vectorFlags == ["asimd", "asimddp"])
    #expect(CPUFeatures(cpuinfo: "").level == nil && CPUFeatures(cpuinfo: "flags").flags == [])
    #if arch(x86_64)
      #expect(CPUFeatures.current.level != nil)
    #endif
  }

  @Test func thisProgramRecordsItsKernelsAndLanes() throws {
    let now = RunEnvironment.current(threads: 1)
    #expect(now.kernel == BLASLibrary.current.kernel && now.blasKernel != nil)
    #expect([4, 8, 16].contains(now.lanes))
    #expect(now.vectors == CPUFeatures.current.level?.title)
    let data = try CanonicalJSON.encode(now)
    #expect(try JSONDecoder().decode(RunEnvironment.self, from: data) == now)
  }

  @Test func earlierRecordsHaveTheirKernelsToo() {
    #expect(environment("Zen").kernel == BLASKernel("Zen"))
    #expect(environment(nil).kernel == nil)
  }

  @Test func machinesThatMayDifferAreTold() {
    func reasons(_ a: RunEnvironment, _ b: RunEnvironment) -> [String] {
      MachineDifference(a, b).reasons
    }
    #expect(reasons(environment("Zen"), environment("Zen", cpu: "Xeon")) == [])
    #expect(
      reasons(environment("Zen"), environment("Cooperlake")) == ["BLAS kernels Zen and Cooperlake"])
    #expect(
      reasons(environment("Zen"), environment("Zen", version: "0.3.26"))
        == ["BLAS versions OpenBLAS 0.3.21 and OpenBLAS 0.3.26"])
    #expect(reasons(environment(nil), environment("Zen")) == [])
    var ranked = environment("Zen")
    ranked.ranks = 4
    #expect(reasons(environment("Zen"), ranked) == ["ranks 1 and 4"])
    // Our own kernels round in the same way with lanes of eight and sixteen; PyTorch's need not.
    let (narrow, wide) = (
      environment("Zen", vectors: "AVX2"), environment("Zen", vectors: "AVX-512")
    )
    #expect(reasons(narrow, wide) == [])
    #expect(reasons(environment("Zen", vectors: "AVX"), wide).count == 1)
    #expect(
      reasons(
        environment("Zen", torch: "2.15", vectors: "AVX2"),
        environment("Zen", torch: "2.15", vectors: "AVX-512"))
        == ["vector instructions AVX2 and AVX-512"])
  }

  private func explanation(
    _ stored: RunEnvironment, _ now: RunEnvironment, on cpu: Int = 3
  ) -> String {
    BitsExplanation(stored: stored, now: now, on: BLASDecisionTests.cpus[cpu]).text
  }

  @Test func otherBitsAreNotBlamedOnTheCode() {
    let text = explanation(environment("Zen"), environment("Cooperlake"), on: 6)
    #expect(text.contains("OpenBLAS's Zen kernels and this one with its Cooperlake kernels"))
    #expect(text.contains("does not show that the code computes different bits"))
    #expect(text.hasSuffix("verify it with OPENBLAS_CORETYPE=Zen"))
    // This CPU cannot run those kernels.
    #expect(
      explanation(environment("Cooperlake"), environment("Zen"))
        .hasSuffix("verify it on a CPU with AVX-512"))
    // Nothing that is to be typed does what a stored record wants.
    #expect(
      explanation(environment("Zen; date\u{1B}"), environment("Zen"))
        .hasSuffix("OPENBLAS_CORETYPE='Zen; date?'"))
    let unknown = explanation(environment(nil), environment("Zen"))
    #expect(unknown.contains("did not record its BLAS kernels"))
    #expect(unknown.contains("try OPENBLAS_CORETYPE=Sandybridge"))
    #expect(
      explanation(environment("Zen"), environment("Zen", version: "0.3.26"))
        .contains("does not show that the code computes different bits"))
  }

  @Test func theCodeIsBlamedWhereNothingElseDiffers() {
    var (stored, now) = (environment("Zen"), environment("Zen"))
    let blame = "CPU and BLAS are the same, so the code computes different bits"
    #expect(explanation(stored, now) == blame)
    (stored.code, now.code) = ("1", "2")
    #expect(explanation(stored, now) == blame)
    now.code = "1"
    #expect(explanation(stored, now).contains("the stored run may have been changed"))
    // One name may be that of CPUs of two generations.
    for other in [environment("Zen", cpu: "Xeon"), environment("Zen", vectors: "AVX-512")] {
      #expect(
        explanation(stored, other)
          .contains("either the code computes different bits, or the CPUs do"))
    }
  }

  @Test func severalKernelsInAReportAreCounted() {
    let runs = [
      environment("Zen"), environment("Cooperlake"), environment("Zen"), environment(nil),
    ]
    #expect(
      MixedMachines(runs).sentence?.contains(
        "(2 with Zen of OpenBLAS 0.3.21, 1 with Cooperlake of OpenBLAS 0.3.21)") == true)
    #expect(MixedMachines([environment("Zen"), environment(nil)]).sentence == nil)
    var ranked = environment("Zen")
    ranked.ranks = 4
    #expect(
      MixedMachines([environment("Zen"), ranked]).sentence?.contains(
        "or numbers of ranks (1 with Zen of OpenBLAS 0.3.21, 1 with Zen of OpenBLAS 0.3.21 on 4 ranks)"
      )
        == true)
    #expect(MixedMachines([]).sentence == nil)
  }

  @Test func memoryIsThatOfTheNarrowestGroup() {
    let files = [
      "/sys/fs/cgroup/a/memory.max": "3000\n", "/sys/fs/cgroup/a/memory.current": "1000\n",
      "/sys/fs/cgroup/a/b/memory.max": "max\n", "/sys/fs/cgroup/a/b/memory.current": "10\n",
    ]
    let machine = "MemTotal: 9 kB\nMemAvailable:     4 kB\n"
    func available(_ machine: String?, _ group: String) -> Int? {
      MachineResources.availableMemory(machine: machine, groups: group) { files[$0] }
    }
    #expect(available(machine, "0::/a/b\n") == 2000)
    #expect(available(machine, "0::/\n") == 4096)
    #expect(available(nil, "") == nil)
  }
}
