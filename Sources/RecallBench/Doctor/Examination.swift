import Experiments
import Foundation
import Report
import Tensors

/// What `recallbench doctor` finds out about the machine. Nothing in it is a matter of opinion; that is
/// `Finding`'s.
package struct Examination: Encodable {
  package struct CPU: Encodable {
    package var model = "unknown"
    /// The widest vector instructions, such as `AVX-512`; nil where they are not known.
    package var vectors: String?
    package var features: [String] = []
    package var cores = 1
    /// Those that this process may use, by affinity and by its quota of time.
    package var usableCores = 1
    /// Processes that wanted to run in the last minute.
    package var load: Double?
    /// Floats that our own kernels work on at a time.
    package var lanes = ChannelLanes.scalarCount
  }

  /// Rates of one number of threads, each the best of a quarter of a second.
  package struct Rates: Encodable {
    package var threads: Int
    /// Matrix products of BLAS, GF/s.
    package var sgemm: Double
    /// Multiplications and additions in registers, GF/s.
    package var multiplyAdds: Double
    /// a = b + s c, GB/s.
    package var triad: Double

    package init(threads: Int, sgemm: Double, multiplyAdds: Double, triad: Double) {
      (self.threads, self.sgemm) = (threads, sgemm)
      (self.multiplyAdds, self.triad) = (multiplyAdds, triad)
    }

    var share: Double { sgemm / multiplyAdds }
  }

  package struct BLAS: Encodable {
    package var library = "unknown"
    package var kernel = "unknown"
    package var chosenBy = BLASChoice.Chooser.openBLAS.rawValue
    /// The kernels that OpenBLAS had chosen, where RecallBench chose others.
    package var replaced: String?
    /// Kernels that would suit the CPU better and are not used.
    package var better: String?
    /// Who chose the kernels, and what is wrong with that.
    package var remark: String?
    package var isBelowCPU = false
    package var productsAreRight = true
    /// What the replaced or the better kernels reach on one thread, GF/s.
    package var otherSgemm: Double?
  }

  package struct Gnuplot: Encodable {
    package var path: String
    package var version: String?
    package var missingTerminals: [String]

    package init(path: String, version: String?, missingTerminals: [String]) {
      (self.path, self.version) = (path, version)
      self.missingTerminals = missingTerminals
    }
  }

  package struct Python: Encodable {
    package var path: String
    package var version: String?
    package var torch: String?
  }

  package struct Room: Encodable {
    /// Bytes; nil where they are not known.
    package var memory: Int?
    package var disk: Int?
  }

  package var cpu = CPU()
  package var blas = BLAS()
  /// For one thread, and for all.
  package var rates: [Rates] = []
  package var room = Room()
  package var gnuplot: Gnuplot?
  package var python: Python?
  package var libraries: [String: String] = [:]
  package var system = "unknown"

  /// Of nothing.
  package init() {}
}
