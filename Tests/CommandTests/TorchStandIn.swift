import Foundation

extension Workplace {
  /// Writes a stand-in for PyTorch into the folder `modules`, with what a worker needs to read a loss file.
  func writeTorchStandIn() throws {
    try FileManager.default.createDirectory(
      at: file("modules/torch"), withIntermediateDirectories: true)
    let torch = """
      __version__ = "0"
      class nn:
          class Module: pass
      def set_num_threads(n): pass
      def get_num_threads(): return 1

      """
    try Data(torch.utf8).write(to: file("modules/torch/__init__.py"))
  }
}
