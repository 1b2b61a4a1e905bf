import Checkpoints
import Files
import Foundation

/// The state of an unfinished run. Resuming from it is bit-identical to an uninterrupted run.
package struct Checkpoint: Hashable, Sendable {
  /// The number of iterations done.
  package var iteration: Int
  /// Weights, buffers and the optimizer's moments.
  package var arrays: [NamedArray]
  package var history: [HistoryEntry]
  package var trainingSeconds: Double
  /// The iteration with the best validation mean IoU so far, for `checkpoint: best`.
  package var bestIteration: Int?
  package var bestMeanIoU: Double?
  /// Any other training state, such as sums not yet written to the history.
  package var metadata: [String: String]

  package init(
    iteration: Int, arrays: [NamedArray], history: [HistoryEntry], trainingSeconds: Double,
    bestIteration: Int? = nil, bestMeanIoU: Double? = nil, metadata: [String: String] = [:]
  ) {
    self.iteration = iteration
    self.arrays = arrays
    self.history = history
    self.trainingSeconds = trainingSeconds
    self.bestIteration = bestIteration
    self.bestMeanIoU = bestMeanIoU
    self.metadata = metadata
  }

  /// Everything except the arrays, as JSON under the file's metadata key `state`.
  private struct State: Codable {
    var iteration: Int
    var history: [HistoryEntry]
    var trainingSeconds: Double
    var bestIteration: Int?
    var bestMeanIoU: Double?
    var metadata: [String: String]
  }

  package func write(to url: URL, digest: String) throws {
    let state = State(
      iteration: iteration, history: history, trainingSeconds: trainingSeconds,
      bestIteration: bestIteration, bestMeanIoU: bestMeanIoU, metadata: metadata)
    let text = String(decoding: try CanonicalJSON.encode(state), as: UTF8.self)
    try SafeTensors.write(
      arrays,
      metadata: ["state": text, "run": digest, sealKey: contentSeal(of: arrays, [text, digest])],
      to: url)
  }

  package init(contentsOf url: URL, digest: String) throws {
    let (arrays, metadata) = try SafeTensors.read(url)
    guard metadata["run"] == digest else {
      throw UserError(path: url.path, problem: "is damaged, or a checkpoint of a different run")
    }
    try checkSeal(
      contentSeal(of: arrays, [metadata["state"] ?? "", digest]), is: metadata[sealKey], of: url)
    let state = try CanonicalJSON.decode(
      State.self, from: Data((metadata["state"] ?? "").utf8), of: url)
    guard state.iteration >= 0 else {
      throw UserError(path: url.path, problem: "has the invalid iteration count \(state.iteration)")
    }
    self.init(
      iteration: state.iteration, arrays: arrays, history: state.history,
      trainingSeconds: state.trainingSeconds, bestIteration: state.bestIteration,
      bestMeanIoU: state.bestMeanIoU, metadata: state.metadata)
  }
}
