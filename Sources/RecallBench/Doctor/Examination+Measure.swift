import Experiments
import Files
import Foundation
import Report
import Tensors

extension Examination {
  /// Measures this machine, in about three seconds, and writes nothing.
  static func ofThisMachine() -> Examination {
    var result = Examination()
    let environment = RunEnvironment.current(threads: 1)
    let features = CPUFeatures.current
    result.system = environment.operatingSystem
    result.cpu = CPU(
      model: environment.cpu, vectors: features.level?.title, features: features.vectorFlags,
      cores: environment.cores, usableCores: Cores.available, load: MachineResources.load)
    result.blas = BLAS(BLASStart.choice)
    result.room = Room(
      memory: MachineResources.availableMemory, disk: MachineResources.freeDisk(of: "."))
    result.rates = Set([1, Cores.available]).sorted().map { Rates(MachineRates(threads: $0)) }
    result.gnuplot = GnuplotExamination().map {
      Gnuplot(path: $0.path, version: $0.version, missingTerminals: $0.missingTerminals)
    }
    result.python = Python()
    result.libraries = ["libpng": MachineResources.libpng, "zlib": MachineResources.zlib]
    return result
  }
}

extension Examination.Rates {
  fileprivate init(_ rates: MachineRates) {
    self.init(
      threads: rates.threads, sgemm: rates.products(), multiplyAdds: rates.multiplyAdds(),
      triad: rates.triads())
  }
}

extension Examination.BLAS {
  fileprivate init(_ choice: BLASChoice) {
    self.init()
    (library, kernel) = (BLASLibrary.current.configuration, choice.kernel.name)
    (chosenBy, remark) = (choice.chooser.rawValue, choice.remark)
    (replaced, better) = (choice.replaced?.name, choice.better?.name)
    isBelowCPU = choice.problem != nil
    productsAreRight = BLASCheck.isRight()
    otherSgemm = (choice.replaced ?? (choice.problem == nil ? choice.better : nil))
      .flatMap(Self.sgemm)
  }

  /// GF/s on one thread of a process whose OpenBLAS was told to take other kernels.
  private static func sgemm(_ kernel: BLASKernel) -> Double? {
    var program = Program("/proc/self/exe", ["doctor", "--only-sgemm"])
    program.environment["OPENBLAS_CORETYPE"] = kernel.name
    guard let outcome = try? program.run(), outcome.status == 0 else { return nil }
    let words = String(decoding: outcome.output, as: UTF8.self).split(
      whereSeparator: \.isWhitespace)
    guard words.count == 2, BLASKernel(String(words[0])) == kernel else { return nil }
    return Double(words[1])
  }
}

extension Examination.Python {
  /// The interpreter for losses written in PyTorch; nil if there is none.
  fileprivate init?() {
    guard let path = try? TorchSetup().interpreter() else { return nil }
    self.init(path: path)
    // Importing PyTorch would take seconds.
    let question =
      "import sys; print(sys.version.split()[0])\n"
      + "import importlib.metadata as m; print(m.version('torch'))"
    let outcome = try? Program(path, ["-c", question]).run()
    let lines = String(decoding: outcome?.output ?? Data(), as: UTF8.self).split(separator: "\n")
    (version, torch) = (lines.first.map(String.init), lines.dropFirst().first.map(String.init))
  }
}
